/**
 * Checks the bearer token of a request, says who asks, and lets nobody on who asks too often, or who holds none of what the
 * route needs anywhere.
 * Where it is held is the handler's business. A route that does not say what it needs is a defect: the cloud does not start.
 */
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { mayAnywhere, reachOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { Authorization, CurrentPerson } from "#core/api/Authorization.ts"
import { Needs } from "#core/api/Needs.ts"
import { Forbidden, Unauthorized } from "#core/api/Problems.ts"
import { within } from "../store/Tenants.ts"
import { People } from "./People.ts"
import { RequestRates } from "./RequestRates.ts"
import { TenantTurns, tenantOf } from "./TenantTurns.ts"

/** Routes of staff that do not say what they need. */
export const undeclaredRoutes = (): ReadonlyArray<string> =>
  Object.values(Api.groups).flatMap((group) =>
    Object.values(group.endpoints)
      .filter(({ middlewares }) => [...middlewares].some(({ key }) => key === Authorization.key))
      .filter(({ annotations }) => Option.isNone(Context.getOption(annotations, Needs)))
      .map(({ method, path }) => `${method} ${path}`),
  )

export const AuthorizationHttp = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const undeclared = undeclaredRoutes()
    if (undeclared.length > 0) yield* Effect.die(new Error(`routes that need nothing: ${undeclared.join(", ")}`))
    const people = yield* People
    const rates = yield* RequestRates
    const turns = yield* TenantTurns
    return Authorization.of({
      bearer: Effect.fnUntraced(function* (handler, { credential, endpoint }) {
        const person = yield* people.ofToken(Redacted.value(credential))
        if (person === undefined) return yield* new Unauthorized({})
        yield* rates.admit("person", person.userId)
        const needed = Option.getOrUndefined(Context.getOption(endpoint.annotations, Needs)) ?? []
        if (needed.length > 0 && !needed.some((one) => mayAnywhere(person, one))) return yield* new Forbidden({})
        const reach = reachOf(person)
        const work = within(reach)(Effect.provideService(handler, CurrentPerson, person))
        return yield* turns.inTurn(tenantOf(reach), work)
      }),
    })
  }),
)
