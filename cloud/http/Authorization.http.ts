/** Checks the bearer token of a request and says who asks. */
import { Effect, Layer, Redacted } from "effect"
import { Authorization, CurrentPerson } from "#core/api/Authorization.ts"
import { Unauthorized } from "#core/api/Problems.ts"
import { People } from "./People.ts"

export const AuthorizationHttp = Layer.effect(
  Authorization,
  Effect.map(People, (people) =>
    Authorization.of({
      bearer: Effect.fnUntraced(function* (handler, { credential }) {
        const person = yield* people.ofToken(Redacted.value(credential))
        if (person === undefined) return yield* new Unauthorized({})
        return yield* Effect.provideService(handler, CurrentPerson, person)
      }),
    }),
  ),
)
