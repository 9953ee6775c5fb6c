import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { regionsOf } from "#twins/Regions.ts"
import { printOwnership } from "./Ownership.ts"

describe("docs/protocol/ownership.md", () => {
  const page = readFileSync(new URL("../../docs/protocol/ownership.md", import.meta.url), "utf8")

  it("is what the machines say", () => {
    assert.strictEqual(page, printOwnership())
  })

  it("has a line for every region, with its writer, its events and its deadlines", () => {
    for (const kind of TwinKind.literals) {
      for (const { name, writer, events } of regionsOf(kind)) {
        const line = page.split("\n").find((line) => line.startsWith(`| ${kind} | ${name} | **${writer}** |`))
        assert.isDefined(line, `${kind} ${name}`)
        for (const type of events) assert.include(line, type.replace(/^xstate\.after\.(\w+)\..*$/, "$1"))
      }
    }
  })
})
