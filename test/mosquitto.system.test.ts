/** The table of who may say and hear what, on a real Mosquitto with TLS, configured as `cartwise mosquitto` does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { brokerContract, brokerDevices, type BrokerUnderTest, passwordOf } from "#cloud/broker/Broker.contract.ts"
import { mosquittoConf, mosquittoPasswords, mosquittoRights } from "#cloud/broker/MosquittoFiles.ts"
import { brokerHash } from "#cloud/devices/BrokerHash.ts"
import { eventually } from "./support/Eventually.ts"
import { makeCertificates } from "./support/makeCertificates.ts"
import { freePort, reachable } from "./support/Ports.ts"
import { startProgram } from "./support/Program.ts"

brokerContract("Mosquitto behind TLS", false, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "cartwise-mosquitto-tls-"))
  const { ca, certificate, key } = makeCertificates(folder)
  const [devicePort, cloudPort] = [await freePort(), await freePort()]
  const cloud = { username: "the-cloud", hash: brokerHash(passwordOf("cloud")) }
  let logins = brokerDevices.map((device) => ({ ...device, brokerHash: brokerHash(passwordOf(device.deviceId)) }))
  const write = () => {
    writeFileSync(path.join(folder, "passwords"), mosquittoPasswords(cloud, logins), { mode: 0o600 })
    writeFileSync(path.join(folder, "rights"), mosquittoRights(cloud, logins), { mode: 0o600 })
  }
  write()
  const place = { folder, certificate, key, authority: ca, devicePort, cloudPort, address: "127.0.0.1" }
  const asRoot = process.getuid?.() === 0 ? "user root\n" : ""
  const conf = path.join(folder, "mosquitto.conf")
  writeFileSync(conf, mosquittoConf(place) + asRoot)
  const program = startProgram("mosquitto", "mosquitto", ["-c", conf])
  await Promise.race([
    eventually(() => Promise.all([reachable(devicePort), reachable(cloudPort)]), { timeoutMs: 10_000, everyMs: 25 }),
    program.ended.then((code) => {
      throw new Error(`mosquitto ended with ${String(code)}\n${program.errors()}`)
    }),
  ])
  const options = { host: "127.0.0.1", protocol: "mqtts", ca: readFileSync(ca) } as const
  return {
    options: { ...options, port: devicePort },
    cloudOptions: { ...options, port: cloudPort },
    cloudName: cloud.username,
    revoke: async (deviceId) => {
      logins = logins.filter((login) => login.deviceId !== deviceId)
      write()
      program.kill("SIGHUP")
    },
    stop: async () => {
      await program.stop()
      rmSync(folder, { recursive: true })
    },
  } satisfies BrokerUnderTest
})
