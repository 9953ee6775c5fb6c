import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect } from "effect"
import { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { answerFailure } from "./Failures.ts"

const failed = (code: string) =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: { code }, message: code }) })

describe("the answer to a request that failed", () => {
  it.effect("is 503 and when to come again while the database is away", () =>
    Effect.gen(function* () {
      for (const code of ["57P01", "25006"]) {
        const response = yield* answerFailure(Cause.die(failed(code)), "trace")
        assert.strictEqual(response.status, 503)
        assert.strictEqual(response.headers["retry-after"], String(Limits.databaseAwayRetrySeconds))
        assert.include(response.headers["content-type"], "application/problem+json")
      }
    }),
  )

  it.effect("is 500 when our own statement is wrong", () =>
    Effect.gen(function* () {
      const response = yield* answerFailure(Cause.die(failed("42601")), "trace")
      assert.strictEqual(response.status, 500)
    }),
  )
})
