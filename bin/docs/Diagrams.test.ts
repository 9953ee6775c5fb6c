import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { statesOf } from "#twins/MachineCases.fixture.ts"
import { regionsOf } from "#twins/Regions.ts"
import { diagramsPath, printDiagrams } from "./Diagrams.ts"

for (const kind of TwinKind.literals) {
  describe(diagramsPath(kind), () => {
    const page = readFileSync(new URL(`../../${diagramsPath(kind)}`, import.meta.url), "utf8")

    it("is what the machine says", () => {
      assert.strictEqual(page, printDiagrams(kind))
    })

    it("draws every state", () => {
      for (const state of statesOf(kind)) assert.include(page, ` as ${state.replaceAll(".", "_")}\n`)
    })

    it("knows every event and every deadline", () => {
      for (const type of regionsOf(kind).flatMap(({ events }) => events)) {
        assert.include(page, type.replace(/^xstate\.after\.(\w+)\..*$/, "after $1 ("))
      }
    })
  })
}

describe("the diagram of the bay", () => {
  const page = printDiagrams("bay")

  it("shows transitions that need no event, with their guard", () => {
    assert.include(
      page,
      "latch_releasing_watching --> latch_ajar_released : bay.observed [surely ajar]<br/>at once [knows ajar for sure]",
    )
  })

  it("shows deadlines with their length", () => {
    assert.include(page, "latch_ajar_released --> latch_ajar_lingering : after pickup (45 s)")
  })
})
