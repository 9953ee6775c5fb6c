/**
 * Requests that make something, done once however often they are sent: the key a client gives stands for the answer, which
 * is kept in the transaction of what was made. What is refused leaves nothing, and its key can be used again.
 */
import { Clock, Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import { createHash } from "node:crypto"
import type { Person } from "#core/api/Authorization.ts"
import { IdempotencyKeyReused } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { RequestKeys } from "../store/RequestKeys.ts"
import { Transaction } from "../store/Transaction.ts"

export interface Named {
  readonly person: Person
  /** The client's name for the request; undefined: it is done as often as it is sent. */
  readonly key: string | undefined
  /** Everything that makes two requests the same. */
  readonly request: Schema.Json
}

export class Once extends Context.Service<
  Once,
  {
    /** Does the work in one transaction, or gives what it gave before. */
    readonly run: <A extends Schema.Json, E, R>(
      named: Named,
      work: Effect.Effect<A, E, R>,
    ) => Effect.Effect<A, E | IdempotencyKeyReused | SqlError.SqlError, R>
  }
>()("cartwise/cloud/http/Once") {
  static readonly layer = Layer.effect(
    Once,
    Effect.gen(function* () {
      const keys = yield* RequestKeys
      const transaction = yield* Transaction

      const run = <A extends Schema.Json, E, R>({ person, key, request }: Named, work: Effect.Effect<A, E, R>) =>
        transaction.run(
          Effect.gen(function* () {
            if (key === undefined) return yield* work
            const at = yield* Clock.currentTimeMillis
            const digest = createHash("sha256").update(JSON.stringify(request)).digest("base64url")
            const mine = { userId: person.userId, key, digest, expiresAt: at + Limits.idempotencyLifetimeMs }
            // Of two at once the second waits here until the first is in the store, or has left nothing.
            if (!(yield* keys.claim(mine, at))) {
              const before = yield* keys.find(person.userId, key, at)
              const isSame = before !== undefined && before.digest === digest && before.answer !== null
              return isSame ? (before.answer as A) : yield* new IdempotencyKeyReused({})
            }
            const answer = yield* work
            yield* keys.answered(mine, answer)
            return answer
          }),
        )
      return Once.of({ run })
    }),
  )
}
