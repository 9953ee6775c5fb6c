/**
 * What an edge program is told: its broker, where its data lies, whose commands it carries out, and its devices with their
 * buses, boards, bays and the carts placed in them. Shape and meaning are checked here; `ConfigFile.ts` reads the file.
 *
 * Polarity is per board, because it depends on the lock's switch (cu16.md §4.1): `hook_closed_bit` is the bit value of a
 * closed hook, `presence_bit` the one of a cart that is there. The defaults are the sourced ones.
 */
import { Effect, Schema } from "effect"

import { BayId, BoardAddress, BranchId, CartId, ChainId, ControllerId, DeviceId, LockIndex } from "#core/domain/Ids.ts"
import { LogFormat } from "#core/log/LogLine.ts"
import { Limits } from "#core/Limits.ts"
import { CommandKeyId, CommandPublicKey } from "#core/wire/SignedCommand.ts"

const name = Schema.String.check(Schema.isBetweenLength(1, 255))
const port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))
const Bit = Schema.Literals([0, 1])
const defaultBit = Bit.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1)))
/** One level of an MQTT topic: no wildcard, no separator. */
const topicLevel = Schema.String.check(Schema.isPattern(/^[^/+#\s]{1,100}$/u))

const BayConfig = Schema.Struct({
  id: BayId,
  lock_index: LockIndex,
  label: Schema.String.check(Schema.isBetweenLength(1, 64)),
  cart_id: Schema.NullOr(CartId),
})

const ControllerConfig = Schema.Struct({
  id: ControllerId,
  address: BoardAddress,
  hook_closed_bit: defaultBit,
  presence_bit: defaultBit,
  bays: Schema.Array(BayConfig).check(Schema.isBetweenLength(1, Limits.locksPerBoard)),
})
export type ControllerConfig = typeof ControllerConfig.Type

/** How the program reaches the boards of a bus. */
export const LinkConfig = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("tty"),
    path: name,
    baudrate: Schema.Int.check(Schema.isBetween({ minimum: 1_200, maximum: 921_600 })).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed(Limits.baudRate)),
    ),
  }),
  Schema.Struct({ kind: Schema.Literal("tcp"), host: name, port }),
  Schema.Struct({ kind: Schema.Literal("simulated") }),
])

const BusConfig = Schema.Struct({
  link: LinkConfig,
  controllers: Schema.Array(ControllerConfig).check(Schema.isBetweenLength(1, Limits.boardsPerBus)),
})
export type BusConfig = typeof BusConfig.Type

/** Where a broker is, and the login there. */
export const BrokerConfig = Schema.Struct({
  host: name,
  port,
  username: Schema.optionalKey(Schema.String),
  password: Schema.optionalKey(Schema.String),
  tls: Schema.optionalKey(Schema.Boolean),
})

export const DeviceConfig = Schema.Struct({
  id: DeviceId,
  chain_id: ChainId,
  branch_id: BranchId,
  chain_slug: topicLevel,
  branch_code: topicLevel,
  firmware_version: Schema.optionalKey(name),
  /** Whose releases of its program it takes: Ed25519 public keys. Left out: nobody's. */
  firmware_keys: Schema.optionalKey(
    Schema.Array(CommandPublicKey).check(Schema.isMaxLength(Limits.commandKeysPerEdge)),
  ),
  /** True if any of its boards is simulated: everything it says then says so. */
  simulated: Schema.Boolean,
  buses: Schema.Array(BusConfig).check(Schema.isBetweenLength(1, Limits.busesPerDevice)),
  /** The device's own login; left out: that of the program. */
  broker: Schema.optionalKey(BrokerConfig),
})
export type DeviceConfig = typeof DeviceConfig.Type

/** A key of the cloud whose commands are carried out, as `npm run -s command-key` prints it. */
const CommandKeyConfig = Schema.Struct({ kid: CommandKeyId, public_key: CommandPublicKey })
export type CommandKeyConfig = typeof CommandKeyConfig.Type

export const EdgeConfig = Schema.Struct({
  v: Schema.Literal(1),
  broker: BrokerConfig,
  data_dir: name,
  /** Several, so that the cloud can change its key: the new one is made known here before it is used. */
  command_keys: Schema.Array(CommandKeyConfig).check(Schema.isBetweenLength(1, Limits.commandKeysPerEdge)),
  /** `json` for programs, `pretty` for people. */
  log_format: LogFormat.pipe(Schema.withDecodingDefaultKey(Effect.succeed("json"))),
  /** Where `/metrics` is served on 127.0.0.1; 0 takes a free port. Left out: nowhere. */
  metrics_port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))),
  simulator: Schema.optionalKey(
    Schema.Struct({
      control_port: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })),
      seed: Schema.Int,
      ttys: Schema.Boolean,
    }),
  ),
  devices: Schema.Array(DeviceConfig).check(Schema.isBetweenLength(1, Limits.devicesPerEdge)),
})
export type EdgeConfig = typeof EdgeConfig.Type

/** One thing wrong with a config, and where: `devices[0].buses[1].link.path`. */
export interface ConfigProblem {
  readonly path: string
  readonly message: string
}

/**
 * What the schema can not say: ids, ports, addresses and lock positions are used once, simulated buses belong to
 * simulated devices of a program that has a simulator. Gives every problem.
 */
export const contradictions = (config: EdgeConfig): ReadonlyArray<ConfigProblem> => {
  const problems: Array<ConfigProblem> = []
  const once = (seen: Map<unknown, string>, value: unknown, path: string, what: string) => {
    const first = seen.get(value)
    if (first === undefined) seen.set(value, path)
    else problems.push({ path, message: `${what} ${String(value)} is already used at ${first}` })
  }
  const ids = new Map<unknown, string>()
  const carts = new Map<unknown, string>()
  const ports = new Map<unknown, string>()
  const kids = new Map<unknown, string>()
  for (const [k, { kid }] of config.command_keys.entries()) once(kids, kid, `command_keys[${k}].kid`, "the kid")
  for (const [d, device] of config.devices.entries()) {
    once(ids, device.id, `devices[${d}].id`, "the id")
    for (const [b, bus] of device.buses.entries()) {
      const at = `devices[${d}].buses[${b}]`
      if (bus.link.kind === "tty") once(ports, bus.link.path, `${at}.link.path`, "the port")
      if (bus.link.kind === "tcp") once(ports, `${bus.link.host}:${bus.link.port}`, `${at}.link`, "the address")
      if (bus.link.kind === "simulated") problems.push(...simulationProblems(config, device, at))
      const addresses = new Map<unknown, string>()
      for (const [c, controller] of bus.controllers.entries()) {
        once(ids, controller.id, `${at}.controllers[${c}].id`, "the id")
        once(addresses, controller.address, `${at}.controllers[${c}].address`, "the board address")
        const locks = new Map<unknown, string>()
        for (const [l, bay] of controller.bays.entries()) {
          const bayAt = `${at}.controllers[${c}].bays[${l}]`
          once(ids, bay.id, `${bayAt}.id`, "the id")
          once(locks, bay.lock_index, `${bayAt}.lock_index`, "the lock index")
          if (bay.cart_id !== null) once(carts, bay.cart_id, `${bayAt}.cart_id`, "the cart")
        }
      }
    }
  }
  return problems
}

const simulationProblems = (config: EdgeConfig, device: DeviceConfig, at: string): ReadonlyArray<ConfigProblem> => [
  ...(device.simulated ? [] : [{ path: `${at}.link`, message: "a simulated bus needs a device with simulated: true" }]),
  ...(config.simulator === undefined
    ? [{ path: `${at}.link`, message: "a simulated bus needs the section simulator" }]
    : []),
]
