/**
 * Many devices in one process, each the edge's own program on a simulated board, with a disk in memory and a connection of
 * its own to a real broker.
 *
 *   node test/reconnect/Fleet.process.ts --port <MQTT> --first 1 --last 500 --keys <command_keys of a config, as JSON>
 *
 * A board whose bays stand still is not polled (`SerialLink.untilNews`), so a thousand of them cost next to nothing.
 * Standard output is JSON lines: `{"fleet":"ready",…}` once. Standard input takes lines: `stir <slot>` cuts and mends the
 * wire of that bay's hook at every device, which makes facts; `tell` writes `{"device":…}` for each device, with the end of
 * its journal and the value of every twin, then `{"told":<how many>}`. It ends when its standard input closes.
 */
import { randomUUID } from "node:crypto"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { Cause, Effect, Latch, Logger } from "effect"
import { Limits } from "#core/Limits.ts"
import { type DeviceProgram, startDevice } from "#edge/DeviceProgram.ts"
import { verifyWith } from "#edge/commands/CommandKeys.ts"
import type { DeviceConfig } from "#edge/config/EdgeConfig.ts"
import { makeMemoryDisk } from "#edge/journal/MemoryDisk.ts"
import { makeSimulatedLink } from "#edge/link/SimulatedLink.ts"
import type { SerialLink } from "#edge/link/SerialLink.ts"
import { makeMqttLink } from "#edge/sync/MqttLink.ts"
import { valueOfHost } from "#twins/Regions.ts"
import { makeWorld, type World } from "#twins/world/World.ts"
import { edgeOf } from "./Chain.ts"

const { values: options } = parseArgs({
  options: {
    port: { type: "string" },
    first: { type: "string", default: "1" },
    last: { type: "string", default: "1" },
    keys: { type: "string", default: "[]" },
  },
})

/** How long a cut wire stays cut: long enough to be believed, several reads. */
const cutForMs = 5 * Limits.pollEveryMs

interface Member {
  readonly config: DeviceConfig
  readonly program: DeviceProgram
  readonly world: World
  readonly stirred: Latch.Latch
}

const worldOf = ({ id, buses }: DeviceConfig): World =>
  makeWorld({
    seed: 1,
    buses: buses.map(({ controllers }) => ({
      device: id,
      boards: controllers.map(({ address, bays }) => ({
        address,
        bays: bays.map((bay) => ({ id: bay.id, lockIndex: bay.lock_index, label: bay.label, cart: bay.cart_id })),
      })),
    })),
  })

const mqtt = makeMqttLink({ host: "127.0.0.1", port: Number(options.port) })

const join = Effect.fnUntraced(function* (number: number) {
  const { devices, command_keys: keys } = edgeOf(number, JSON.parse(options.keys))
  const [config] = devices
  if (config === undefined) return yield* Effect.die("a chain has a device in each branch")
  const world = worldOf(config)
  const stirred = Latch.makeUnsafe()
  const receive = (bytes: Uint8Array, atMs: number) => world.receive(config.id, bytes, atMs)
  const untilNews = Effect.andThen(stirred.await, Effect.sleep(Limits.pollEveryMs))
  const link: SerialLink = { ...makeSimulatedLink("simulated bus", { receive }), untilNews }
  const program = yield* startDevice(config, {
    disk: makeMemoryDisk(),
    links: [link],
    mqtt,
    verify: verifyWith(keys),
    newId: Effect.sync(() => randomUUID()),
  })
  return { config, program, world, stirred } satisfies Member
})

/** Cuts the wire of one hook, lets that be believed, and mends it. Nobody waits for anybody. */
const stir = Effect.fnUntraced(function* ({ config, world, stirred }: Member, slot: number) {
  const bay = config.buses[0]?.controllers[0]?.bays[slot]?.id ?? ""
  yield* stirred.open
  for (const verb of ["cut-wire", "restore"] as const) {
    world.act(bay, verb, performance.now())
    yield* Effect.sleep(cutForMs)
  }
  yield* stirred.close
})

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)

const tell = ({ config, program: { hub, journal } }: Member) => {
  const twins = hub.twins().map(({ ref, stored }) => [ref.kind, ref.id, valueOfHost(ref.kind, stored.value, "edge")])
  say({ device: config.id, journal: journal.id(), ...journal.watermarks(), twins })
}

const fleet = Effect.gen(function* () {
  const members: Array<Member> = []
  for (let number = Number(options.first); number <= Number(options.last); number++) members.push(yield* join(number))
  say({ fleet: "ready", devices: members.length })
  const run = Effect.runForkWith(yield* Effect.context())
  const orders = createInterface({ input: process.stdin })
  orders.on("line", (line) => {
    const [verb, slot] = line.split(" ")
    if (verb === "stir") {
      run(
        Effect.andThen(
          Effect.forEach(members, (member) => stir(member, Number(slot)), { concurrency: "unbounded", discard: true }),
          Effect.sync(() => say({ stirred: members.length })),
        ),
      )
    }
    if (verb === "tell") {
      for (const member of members) tell(member)
      say({ told: members.length })
    }
  })
  return yield* Effect.callback<void>((resume) => void orders.on("close", () => resume(Effect.void)))
})

const exit = await Effect.runPromiseExit(Effect.provide(Effect.scoped(fleet), Logger.layer([])))
if (exit._tag === "Failure") console.error(Cause.pretty(exit.cause))
process.exit(exit._tag === "Failure" ? 1 : 0)
