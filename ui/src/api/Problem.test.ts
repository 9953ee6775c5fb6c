import { assert, describe, it } from "vitest"
import { Cause } from "effect"
import { CommandRefused, Unauthorized } from "#core/api/Problems.ts"
import { Problem, problemOf } from "./Problem.ts"

describe("a failed request", () => {
  it("is what the API said, with its reason", () => {
    const { code, title, reason } = problemOf(Cause.fail(new CommandRefused({ reason: "already_open" })))
    assert.deepStrictEqual([code, reason], ["command_refused", "already_open"])
    assert.strictEqual(title, "The command cannot be carried out now.")
  })

  it("names the end of a session, which signs out", () => {
    assert.strictEqual(problemOf(Cause.fail(new Unauthorized({}))).code, "unauthorized")
  })

  it("tells the caller's fault from the server's for problems without a type of ours", () => {
    const generic = (status: number) => problemOf(Cause.fail({ type: "about:blank", title: "x", status })).code
    assert.deepStrictEqual([generic(400), generic(500)], ["bad_request", "internal"])
  })

  it("is unreadable when it is anything else, and stays itself when it is a problem already", () => {
    assert.strictEqual(problemOf(Cause.die("boom")).code, "unreadable")
    const problem = new Problem({ code: "unreachable", title: "x" })
    assert.strictEqual(problemOf(Cause.fail(problem)), problem)
  })
})
