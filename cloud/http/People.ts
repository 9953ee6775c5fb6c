/**
 * Who asks: the person of a token, with the role of now. A person is read at most every few seconds, so a revoked one
 * is out that soon and a request costs no query.
 */
import { Cache, Context, Effect, Layer } from "effect"
import type { Person } from "#core/api/Authorization.ts"
import { Limits } from "#core/Limits.ts"
import { Users } from "../store/Users.ts"
import { Tokens } from "./Tokens.ts"

export class People extends Context.Service<
  People,
  {
    /** The active person of a valid token, else undefined. */
    readonly ofToken: (token: string) => Effect.Effect<Person | undefined>
  }
>()("cartwise/cloud/http/People") {
  static readonly layer = Layer.effect(
    People,
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const users = yield* Users
      const cache = yield* Cache.make({
        lookup: (userId: string) => Effect.orDie(users.byId(userId)),
        capacity: 1_000,
        timeToLive: Limits.personCacheMs,
      })
      return People.of({
        ofToken: Effect.fnUntraced(function* (token) {
          const userId = yield* tokens.verify(token)
          return userId === undefined ? undefined : yield* Cache.get(cache, userId)
        }),
      })
    }),
  )
}
