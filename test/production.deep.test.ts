/**
 * An installation as docs/production.md and docs/guides/run-mosquitto.md say: the cloud in production, Mosquitto behind TLS as
 * `cartwise mosquitto` configures it, and an edge that joins with a claim and is let in with what it was given. An unlock
 * travels from the API to the wire and back; a device that is put out is off the broker.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { connectAsync } from "mqtt"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import { type Board, startBoard } from "./support/Board.ts"
import { commandKeyIn } from "./support/CommandKey.ts"
import { eventually } from "./support/Eventually.ts"
import { makeCertificates } from "./support/makeCertificates.ts"
import { oneBoard, oneBoardRegistry } from "./support/OneBoard.ts"
import { freePort, reachable } from "./support/Ports.ts"
import { type Program, startCartwise, startProgram } from "./support/Program.ts"
import { readyForWork } from "./support/ReadyForWork.ts"
import { type Rest, signIn } from "./support/Rest.ts"
import { queryOnce } from "./support/Sql.ts"
import { temporaryFolder } from "./support/TemporaryFolder.ts"
import { startTtyPair } from "./support/TtyPair.ts"

const secrets = {
  SECRET_KEY: "Zq8mT1xWv4Lr7KpC2sNd9HfJ6bYg3aEu5oQi",
  PHONE_KEY: "pR5uV9tXe2WcB8nMkA4zL7jS1hD6gF3yQ0oI",
  MQTT_USERNAME: "the-cloud",
  MQTT_PASSWORD: "vT7#of-the-broker-9Lq",
}

const stops: Array<() => Promise<unknown>> = []
const running = (program: Program): Program => {
  stops.push(() => program.stop())
  return program
}

let rest: Rest
let board: Board
let databaseUrl: string
let certificates: ReturnType<typeof makeCertificates>
let devicePort: number

beforeAll(async () => {
  const folder = await temporaryFolder("production")
  const scope = Scope.makeUnsafe()
  stops.push(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const postgres = startEmbeddedPostgres({ dataDir: join(folder, "postgres") })
  databaseUrl = (await Effect.runPromise(Effect.provideService(postgres, Scope.Scope, scope))).url
  certificates = makeCertificates(folder)
  const [cloudPort, apiPort] = [await freePort(), await freePort()]
  devicePort = await freePort()

  // The broker: its files are written, it is started, and the files are kept up to date.
  const [out, pidFile] = [join(folder, "mosquitto"), join(folder, "mosquitto.pid")]
  const { ca, certificate, key } = certificates
  const ports = ["--device-port", String(devicePort), "--cloud-port", String(cloudPort), "--address", "127.0.0.1"]
  const args = ["--out", out, "--cert", certificate, "--key", key, "--ca", ca, ...ports, "--watch", pidFile]
  const writer = running(startCartwise("mosquitto", args, { ...secrets, DATABASE_URL: databaseUrl }))
  await writer.json("mosquitto", 60_000)
  const whole = join(folder, "whole.conf")
  const asRoot = process.getuid?.() === 0 ? "user root\n" : ""
  writeFileSync(whole, `pid_file ${pidFile}\n${asRoot}include_dir ${out}\n`)
  const broker = running(startProgram("mosquitto", "mosquitto", ["-c", whole]))
  await Promise.race([
    eventually(() => Promise.all([reachable(devicePort), reachable(cloudPort)]), { timeoutMs: 10_000, everyMs: 25 }),
    broker.ended.then((code) => {
      throw new Error(`mosquitto ended with ${String(code)}\n${broker.errors()}`)
    }),
  ])

  const tty = await startTtyPair(folder)
  running(tty.program)
  board = await startBoard(tty.board, ["--no-polls"])
  running(board.program)
  const registry = join(folder, "registry.json")
  writeFileSync(registry, JSON.stringify(oneBoardRegistry(tty.host)))
  await commandKeyIn(join(folder, "cloud"))
  const cloud = running(
    startCartwise("cloud", [], {
      ...secrets,
      NODE_ENV: "production",
      NODE_EXTRA_CA_CERTS: ca,
      API_PORT: String(apiPort),
      PUBLIC_URL: "https://carts.example",
      TRUSTED_PROXIES: "127.0.0.1",
      DATABASE_URL: databaseUrl,
      MQTT_BROKER: "127.0.0.1",
      MQTT_PORT: String(cloudPort),
      MQTT_USE_TLS: "true",
      MQTT_PUBLIC_PORT: String(devicePort),
      INFORU_USERNAME: "shop",
      INFORU_PASSWORD: "of-inforu",
      CARTWISE_DATA_DIR: join(folder, "cloud"),
      REGISTRY_FILE: registry,
    }),
  )
  await cloud.json("cloud", 60_000)
  const url = `http://127.0.0.1:${apiPort}`
  rest = await signIn(url, oneBoard.email, oneBoard.password)

  const claim = await rest.post<{ claim_code: string }>("/api/devices/claims", { branch_id: oneBoard.branch })
  assert.strictEqual(claim.status, 201, JSON.stringify(claim.body))
  const device = { device_name: "pi-test", mac_address: "02:00:00:00:00:01", serial_number: "T-1" }
  const config = join(folder, "edge.json")
  writeFileSync(
    config,
    JSON.stringify({
      v: 1,
      cloud: { url },
      data_dir: join(folder, "edge"),
      devices: [
        {
          ...device,
          claim_code: claim.body.claim_code,
          buses: [{ link: { kind: "tty", path: tty.host, baudrate: 19_200 } }],
        },
      ],
    }),
  )
  const edge = running(startCartwise("edge", ["--config", config], { NODE_EXTRA_CA_CERTS: ca }))
  await edge.json("edge", 60_000)
  await readyForWork(rest, 60_000)
}, 240_000)

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

describe("an installation as the documents say", () => {
  it("lets an unlock travel from the API to the wire and back, once", async () => {
    const command = await rest.commandAt(await rest.unlock(oneBoard.cart(4)), ["confirmed"])
    assert.strictEqual(command.pulses, 1)
    assert.deepEqual(
      board.pulses().map(({ lockIndex }) => lockIndex),
      [4],
    )
  })

  it("runs in roles that own nothing, with nothing said in clear at the door of devices", async () => {
    const sessions = await queryOnce(
      databaseUrl,
      "select rolname from pg_roles where rolname in ('cartwise_app', 'cartwise_work')",
    )
    assert.lengthOf(sessions, 2)
    const options = { host: "127.0.0.1", port: devicePort, reconnectPeriod: 0, connectTimeout: 2_000 }
    for (const protocol of ["mqtt", "mqtts"] as const) {
      // Without TLS, and with TLS and no name.
      const tls = protocol === "mqtts" ? { ca: readFileSync(certificates.ca) } : {}
      const refused = await connectAsync({ ...options, ...tls, protocol }).then(
        () => "let in",
        () => "refused",
      )
      assert.strictEqual(refused, "refused", protocol)
    }
  })

  it("takes a device that is put out off the broker within 5 s", async () => {
    const answer = await rest.post(`/api/devices/${oneBoard.device}/revoke`, { reason: "stolen" })
    assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
    await eventually(
      async () => {
        const device = (await rest.devices()).find(({ id }) => id === oneBoard.device)
        assert.strictEqual(device?.status, "offline")
      },
      { timeoutMs: 5_000, everyMs: 50 },
    )
    const refused = await rest.post<{ reason: string }>(`/api/carts/${oneBoard.cart(5)}/unlock`, { reason: "test" })
    assert.strictEqual(refused.body.reason, "device_offline")
  })
})
