/** `cartwise mosquitto`: writes what Mosquitto needs to let in the cloud and its devices, and keeps it up to date. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { Clock, Effect, Layer, Option, Redacted, Schedule, Schema } from "effect"
import {
  mosquittoConf,
  type MosquittoPlace,
  mosquittoPasswords,
  mosquittoRights,
} from "#cloud/broker/MosquittoFiles.ts"
import { brokerHash } from "#cloud/devices/BrokerHash.ts"
import { Logging } from "#cloud/Logging.ts"
import { Settings } from "#cloud/Settings.ts"
import { Database } from "#cloud/store/Database.ts"
import { DeviceIdentities } from "#cloud/store/DeviceIdentities.ts"
import { Limits } from "#core/Limits.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { readDotEnv } from "../DotEnv.ts"
import { runToEnd } from "../RunToEnd.ts"

export const summary = "writes the configuration of Mosquitto: who may come in, and who may say and hear what"

const help = `usage: cartwise mosquitto --out <folder> --cert <file> --key <file> --ca <file> [options]

Writes mosquitto.conf, passwords and rights into the folder, from the registered devices and the table of who may say and
hear what. The cloud's own account is MQTT_USERNAME and MQTT_PASSWORD; the database is DATABASE_URL.

  --out <folder>           where to; mode 0700, its files 0600 for whoever runs this
  --cert, --key, --ca      PEM files: the broker's certificate and key, and the authority that signed it
  --device-port <port>     the door of devices, TLS; 8883 if left out
  --cloud-port <port>      the door of the cloud, TLS; 8884 if left out
  --address <address>      listens on this address only
  --watch <pid file>       goes on: writes the files anew within 2 s of a change, and tells the Mosquitto of that pid file
  --help                   this text`

/** What keeps the files from being written; `message` says which setting or option mends it. */
class NotWritten extends Schema.TaggedError<NotWritten>()("NotWritten", { message: Schema.String }) {}

interface Options extends MosquittoPlace {
  readonly pidFile: string | undefined
}

const files = Effect.gen(function* () {
  const { mqttUsername, mqttPassword } = yield* Settings
  if (Option.isNone(mqttUsername) || Option.isNone(mqttPassword)) {
    return yield* new NotWritten({ message: "Set MQTT_USERNAME and MQTT_PASSWORD: the cloud signs in with them." })
  }
  const cloud = { username: mqttUsername.value, hash: brokerHash(Redacted.value(mqttPassword.value)) }
  const identities = yield* DeviceIdentities
  return Effect.gen(function* () {
    const devices = yield* identities.logins(yield* Clock.currentTimeMillis)
    return { passwords: mosquittoPasswords(cloud, devices), rights: mosquittoRights(cloud, devices) }
  })
})

const write = (folder: string, name: string, text: string): void => {
  const file = path.join(folder, name)
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

const tell = (pidFile: string): void => {
  const pid = Number(readFileSync(pidFile, "utf8").trim())
  if (Number.isInteger(pid) && pid > 1) process.kill(pid, "SIGHUP")
}

const attempt = (run: () => void) =>
  Effect.try({
    try: run,
    catch: (cause) => new NotWritten({ message: cause instanceof Error ? cause.message : String(cause) }),
  })

const program = Effect.fnUntraced(function* ({ pidFile, ...place }: Options) {
  const read = yield* files
  let before = ""
  const once = Effect.gen(function* () {
    const { passwords, rights } = yield* read
    const now = `${passwords}\n${rights}`
    if (now === before) return
    yield* attempt(() => {
      write(place.folder, "passwords", passwords)
      write(place.folder, "rights", rights)
      if (before !== "" && pidFile !== undefined) tell(pidFile)
    })
    before = now
  })
  yield* attempt(() => {
    mkdirSync(place.folder, { recursive: true, mode: 0o700 })
    write(place.folder, "mosquitto.conf", mosquittoConf(place))
  })
  yield* once
  console.log(JSON.stringify({ mosquitto: "written", folder: place.folder }))
  if (pidFile === undefined) return
  const again = Effect.catch(once, ({ message }) => Effect.logWarning("the broker's files wait", { error: message }))
  yield* Effect.repeat(again, Schedule.spaced(Limits.brokerLookMs))
})

const read = (args: ReadonlyArray<string>): Options | "help" | { readonly wrong: string } => {
  try {
    const text = { type: "string" } as const
    const { values } = parseArgs({
      args: [...args],
      options: {
        out: text,
        cert: text,
        key: text,
        ca: text,
        address: text,
        watch: text,
        "device-port": { type: "string", default: "8883" },
        "cloud-port": { type: "string", default: "8884" },
        help: { type: "boolean", short: "h", default: false },
      },
    })
    if (values.help) return "help"
    const { out, cert, key, ca, address, watch } = values
    if (out === undefined || cert === undefined || key === undefined || ca === undefined) {
      return { wrong: "--out, --cert, --key and --ca must be given" }
    }
    const ports = [Number(values["device-port"]), Number(values["cloud-port"])]
    const [devicePort = 0, cloudPort = 0] = ports
    if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536) || devicePort === cloudPort) {
      return { wrong: "the two ports must be different ones, from 1 to 65535" }
    }
    const [certificate, keyFile, authority] = [cert, key, ca].map((file) => path.resolve(file))
    return {
      folder: path.resolve(out),
      certificate: certificate ?? "",
      key: keyFile ?? "",
      authority: authority ?? "",
      devicePort,
      cloudPort,
      address,
      pidFile: watch,
    }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

export const run: Command["run"] = async (args) => {
  const options = read(args)
  if (options === "help") {
    console.log(help)
    return 0
  }
  if ("wrong" in options) {
    console.error(`cartwise mosquitto: ${options.wrong}\n\n${help}`)
    return exitCodeForMisuse
  }
  readDotEnv()
  const services = DeviceIdentities.layer.pipe(
    Layer.provideMerge(Database),
    Layer.provide(Logging),
    Layer.provideMerge(Settings.layer),
  )
  return await runToEnd(Effect.provide(program(options), services))
}
