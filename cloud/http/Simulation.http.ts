/**
 * Hands for simulated bays: passes a verb on to the simulator. A bay of a real branch has no such hand, whatever the
 * simulator thinks of it.
 */
import { Effect, Option, Result, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { isWithin, scopeOf } from "#core/access/may.ts"
import { Api, type SimulationVerb } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { Forbidden, NotFound, SimulationRefused, Unavailable } from "#core/api/Problems.ts"
import type { ShopperHand } from "#core/api/ShopperRecords.ts"
import { BayId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { readPhone } from "#core/domain/Phone.ts"
import { Limits } from "#core/Limits.ts"
import { Settings, type SettingsValues } from "../Settings.ts"
import { Inbox } from "../sms/Inbox.ts"
import { demand } from "../access/demand.ts"
import { Bays } from "../store/Bays.ts"
import { Places } from "../store/Places.ts"

const isBayId = Schema.is(BayId)
const decodeDone = Schema.decodeUnknownResult(Schema.Struct({ done: Schema.String }))
const decodeError = Schema.decodeUnknownResult(Schema.Struct({ error: Schema.String }))

interface Answer {
  readonly status: number
  readonly body: unknown
}

const post = (url: string) =>
  Effect.tryPromise(async (): Promise<Answer> => {
    const response = await fetch(url, { method: "POST", signal: AbortSignal.timeout(Limits.simulatorAnswerMs) })
    return { status: response.status, body: await response.json() }
  }).pipe(Effect.mapError(() => new Unavailable({ detail: "The simulator does not answer." })))

/** What the simulator's answer means. */
const interpret = Effect.fnUntraced(function* ({ status, body }: Answer) {
  const done = decodeDone(body)
  if (status === 200 && Result.isSuccess(done)) return done.success
  if (status === 404) return yield* new NotFound({ detail: "The simulator has no such bay." })
  const error = decodeError(body)
  if (status === 409 && Result.isSuccess(error)) return yield* new SimulationRefused({ detail: error.success.error })
  return yield* new Unavailable({ detail: `The simulator answered with status ${status}.` })
})

/** Lets the simulator's hand act at a bay, which the caller knows to be simulated. */
export const handAt = Effect.fnUntraced(function* (
  { simulatorControl }: Pick<SettingsValues, "simulatorControl">,
  bayId: string,
  verb: SimulationVerb | ShopperHand,
) {
  if (Option.isNone(simulatorControl)) {
    return yield* new Unavailable({ detail: "There is no simulator: SIMULATOR_CONTROL is not set." })
  }
  const base = simulatorControl.value.replace(/\/+$/u, "")
  return yield* interpret(yield* post(`${base}/bays/${encodeURIComponent(bayId)}/${verb}`))
})

export const SimulationHttp = HttpApiBuilder.group(
  Api,
  "simulation",
  Effect.fn(function* (handlers) {
    const settings = yield* Settings
    const bays = yield* Bays
    const inbox = yield* Inbox
    const places = yield* Places
    return handlers.handleAll({
      sms: Effect.fnUntraced(function* ({ query: { to } }) {
        const phone = to === undefined ? undefined : Result.getOrUndefined(readPhone(to))
        const scope = scopeOf(yield* CurrentPerson, "sim.run")
        const messages = inbox
          .messages(phone)
          .filter(({ chainId }) => (to === undefined || phone !== undefined) && isWithin(scope, { chainId }))
        return {
          items: messages.map((one) => ({ to: one.to, text: one.text, purpose: one.purpose, at: toInstant(one.at) })),
        }
      }),
      act: Effect.fnUntraced(function* ({ params: { id, verb } }) {
        const simulated = isBayId(id) ? yield* Effect.orDie(bays.isSimulated(id)) : undefined
        if (simulated === undefined) return yield* new NotFound({})
        const place = yield* Effect.orDie(places.ofTwin("bay", id))
        if (place === undefined) return yield* new NotFound({})
        yield* demand(yield* CurrentPerson, ["sim.run"], place)
        if (!simulated) return yield* new Forbidden({ detail: "This bay is real: it has no simulated hand." })
        return yield* handAt(settings, id, verb)
      }),
    })
  }),
)
