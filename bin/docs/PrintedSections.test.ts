import { assert, describe, it } from "@effect/vitest"
import { withPrinted } from "./PrintedSections.ts"

const page = (inside: string) => `a\n<!-- printed by npm run docs: x -->\n${inside}<!-- end -->\nb\n`

describe("a printed section", () => {
  it("replaces what was between its comments, and nothing else", () => {
    const printed = page("\nnew\n\n")
    assert.strictEqual(withPrinted(page(""), { x: "new" }), printed)
    assert.strictEqual(withPrinted(page("\nold\n\n"), { x: "new" }), printed)
    assert.strictEqual(withPrinted(printed, { x: "new" }), printed)
  })

  it("must have one place", () => {
    assert.throws(() => withPrinted("a\n", { x: "new" }), "no single place for x")
    assert.throws(() => withPrinted(page("") + page(""), { x: "new" }), "no single place for x")
    assert.throws(() => withPrinted("<!-- printed by npm run docs: x -->\n", { x: "new" }), "no single place for x")
  })
})
