/** The table of who may say and hear what, on a real Mosquitto with TLS, configured as `cartwise mosquitto` does. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { brokerContract, brokerDevices, type BrokerUnderTest, passwordOf } from "#cloud/broker/Broker.contract.ts"
import { mosquittoConf, mosquittoPasswords, mosquittoRights } from "#cloud/broker/MosquittoFiles.ts"
import { brokerHash } from "#cloud/devices/BrokerHash.ts"
import { eventually } from "./support/Eventually.ts"
import { freePort } from "./support/Ports.ts"
import { startProgram } from "./support/Program.ts"

const openssl = (...args: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" })
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}; apt-get install openssl?`)
}

/** An authority, and a certificate of it for 127.0.0.1. */
const makeCertificates = (folder: string) => {
  const [ca, caKey, certificate, key] = ["ca.crt", "ca.key", "broker.crt", "broker.key"].map((name) =>
    path.join(folder, name),
  )
  const [request, names] = [path.join(folder, "broker.csr"), path.join(folder, "names")]
  writeFileSync(names, "subjectAltName=IP:127.0.0.1\n")
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
  openssl(
    "req",
    "-x509",
    ...made,
    "-keyout",
    caKey ?? "",
    "-out",
    ca ?? "",
    "-days",
    "2",
    "-subj",
    "/CN=Test authority",
  )
  openssl("req", ...made, "-keyout", key ?? "", "-out", request, "-subj", "/CN=127.0.0.1")
  openssl(
    "x509",
    "-req",
    "-in",
    request,
    "-CA",
    ca ?? "",
    "-CAkey",
    caKey ?? "",
    "-CAcreateserial",
    "-out",
    certificate ?? "",
    "-days",
    "2",
    "-extfile",
    names,
  )
  return { ca: ca ?? "", certificate: certificate ?? "", key: key ?? "" }
}

const reachable = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.end()
      resolve()
    })
    socket.once("error", reject)
  })

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
