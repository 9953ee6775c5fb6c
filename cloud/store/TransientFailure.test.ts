import { assert, describe, it } from "@effect/vitest"
import { SqlError } from "effect/sql"
import { isTransient } from "./TransientFailure.ts"

const failed = (code: string) =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: { code }, message: code }) })

describe("a failure of the database", () => {
  for (const [code, what] of [
    ["08006", "a connection that broke"],
    ["53100", "a full disk"],
    ["57P01", "a server that is stopped"],
    ["25006", "a server that takes no writes for now"],
  ] as const) {
    it(`passes by itself: ${what}`, () => assert.isTrue(isTransient(failed(code))))
  }

  for (const [code, what] of [
    ["23505", "a row that is there already"],
    ["22P02", "text that is no value"],
    ["25P02", "a statement in a transaction that has failed"],
  ] as const) {
    it(`would come back for ever: ${what}`, () => assert.isFalse(isTransient(failed(code))))
  }
})
