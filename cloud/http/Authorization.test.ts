import { assert, describe, it } from "@effect/vitest"
import { undeclaredRoutes } from "./Authorization.http.ts"

describe("the routes of staff", () => {
  it("each say what they need", () => assert.deepStrictEqual(undeclaredRoutes(), []))
})
