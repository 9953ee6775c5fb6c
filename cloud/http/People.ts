/**
 * Who asks: the person of a token, with what that person holds now, while the session lives. Both are read at most every few
 * seconds, so whoever is barred is out that soon and a request costs no query. What this program changes itself it forgets
 * at once.
 */
import { Cache, Context, Effect, Layer } from "effect"
import type { Person } from "#core/api/Authorization.ts"
import type { SessionId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { StaffSessions } from "../staff/StaffSessions.ts"
import { acrossTenants } from "../store/Tenants.ts"
import { Users } from "../store/Users.ts"
import { type StaffToken, Tokens } from "./Tokens.ts"

export class People extends Context.Service<
  People,
  {
    /** The active person of a valid token, else undefined. */
    readonly ofToken: (token: string) => Effect.Effect<Person | undefined>
    /** The active person of a session that lives, else undefined. */
    readonly ofSession: (session: StaffToken) => Effect.Effect<Person | undefined>
    /** What is known of a person and a session was changed: it is read again. */
    readonly forget: (userId: string, sessionId?: SessionId) => Effect.Effect<void>
  }
>()("cartwise/cloud/http/People") {
  static readonly layer = Layer.effect(
    People,
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const users = yield* Users
      const sessions = yield* StaffSessions
      const persons = yield* Cache.make({
        lookup: (userId: string) => acrossTenants(Effect.orDie(users.byId(userId))),
        capacity: 1_000,
        timeToLive: Limits.personCacheMs,
      })
      const lives = yield* Cache.make({
        lookup: (sessionId: SessionId) => acrossTenants(Effect.orDie(sessions.ownerOf(sessionId))),
        capacity: 1_000,
        timeToLive: Limits.personCacheMs,
      })
      const ofSession = Effect.fnUntraced(function* ({ userId, sessionId }: StaffToken) {
        const owner = sessionId === undefined ? Effect.succeed(userId) : Cache.get(lives, sessionId)
        const [ownerId, person] = yield* Effect.all([owner, Cache.get(persons, userId)], { concurrency: 2 })
        return person === undefined || ownerId !== userId ? undefined : { ...person, sessionId }
      })
      return People.of({
        ofSession,
        ofToken: Effect.fnUntraced(function* (token) {
          const session = yield* tokens.verify(token)
          return session === undefined ? undefined : yield* ofSession(session)
        }),
        forget: Effect.fnUntraced(function* (userId, sessionId) {
          yield* Cache.invalidate(persons, userId)
          yield* sessionId === undefined ? Cache.invalidateAll(lives) : Cache.invalidate(lives, sessionId)
        }),
      })
    }),
  )
}
