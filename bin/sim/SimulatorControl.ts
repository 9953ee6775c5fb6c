/**
 * The simulator's control as its callers see it: plain HTTP on this machine, spoken by the edge that hosts simulated
 * boards. It is for hands and eyes at simulated bays; nothing of a real branch goes through it.
 */
import { Effect, Option, Schema } from "effect"
import { handVerbs } from "#twins/world/Hand.ts"

/** The control is not there, or gave something that is no answer of a simulator. */
export class SimulatorGone extends Schema.TaggedError<SimulatorGone>()("SimulatorGone", { message: Schema.String }) {}

/** The simulator will not do it, in its own words. */
export class HandRefused extends Schema.TaggedError<HandRefused>()("HandRefused", { message: Schema.String }) {}

export const SimulatedBay = Schema.Struct({
  id: Schema.String,
  label: Schema.String,
  branch: Schema.optional(Schema.NullOr(Schema.String)),
  device: Schema.String,
  board: Schema.Int,
  lock_index: Schema.Int,
  hook: Schema.Literals(["closed", "open"]),
  presence: Schema.Literals(["present", "absent"]),
  faults: Schema.Array(Schema.String),
  cart: Schema.NullOr(Schema.String),
  pulses: Schema.Int,
})
export type SimulatedBay = typeof SimulatedBay.Type

const State = Schema.Struct({ simulated: Schema.Literal(true), bays: Schema.Array(SimulatedBay) })
export const Buses = Schema.Array(Schema.Struct({ device: Schema.String, path: Schema.String }))
const Done = Schema.Struct({ done: Schema.String })
const Refused = Schema.Struct({ error: Schema.String })

/** Asks the control at `address`; gives the status and the parsed body. */
const ask = (address: string, route: string, method: "GET" | "POST") =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${address}${route}`, { method, signal })
      const body: unknown = await response.json()
      return { ok: response.ok, body }
    },
    catch: () => gone(address),
  })

const gone = (address: string) =>
  new SimulatorGone({ message: `No simulator answers at ${address}. Is the demo running (npm run demo)?` })

const decodeOr = <A>(schema: Schema.Codec<A, unknown>, body: unknown, address: string) =>
  Effect.mapError(Schema.decodeUnknownEffect(schema)(body), () => gone(address))

/** Every simulated bay as it really is. */
export const simulatedBays = Effect.fnUntraced(function* (address: string) {
  const { body } = yield* ask(address, "/state", "GET")
  return (yield* decodeOr(State, body, address)).bays
})

/** The ttys on which the simulated buses can be spoken to. */
export const simulatedBuses = Effect.fnUntraced(function* (address: string) {
  const { body } = yield* ask(address, "/buses", "GET")
  return yield* decodeOr(Buses, body, address)
})

/** A hand at a bay, by id; gives what was done, or fails with the refusal. */
export const handAt = Effect.fnUntraced(function* (address: string, bayId: string, verb: (typeof handVerbs)[number]) {
  const { ok, body } = yield* ask(address, `/bays/${encodeURIComponent(bayId)}/${verb}`, "POST")
  if (ok) return (yield* decodeOr(Done, body, address)).done
  const refused = Schema.decodeUnknownOption(Refused)(body)
  return yield* Option.match(refused, {
    onNone: () => Effect.fail(gone(address)),
    onSome: ({ error }) => Effect.fail(new HandRefused({ message: error })),
  })
})
