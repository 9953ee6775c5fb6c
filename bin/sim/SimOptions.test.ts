import { assert, describe, it } from "vitest"
import { bayInFull, baysMeant } from "./FindBay.ts"
import { parseSimCall } from "./SimOptions.ts"
import type { SimulatedBay } from "./SimulatorControl.ts"

const bay = (branch: string, label: string): SimulatedBay => ({
  id: `${branch}-${label}-id`,
  label,
  branch,
  device: "d",
  board: 0,
  lock_index: 0,
  hook: "closed",
  presence: "present",
  faults: [],
  cart: null,
  pulses: 0,
})
const bays = [bay("TLV-01", "A3"), bay("HFA-01", "A3"), bay("TLV-01", "C1")]
const meant = (words: string) => baysMeant(bays, words).map(bayInFull)

describe("the bay a person means", () => {
  it("is found by a label that only one branch prints, by branch and label, and by id, in any case", () => {
    assert.deepStrictEqual(meant("c1"), ["TLV-01/C1"])
    assert.deepStrictEqual(meant("hfa-01/a3"), ["HFA-01/A3"])
    assert.deepStrictEqual(meant("TLV-01-A3-id"), ["TLV-01/A3"])
  })

  it("is one of several when branches print the same label, and none when nobody prints it", () => {
    assert.deepStrictEqual(meant("A3"), ["TLV-01/A3", "HFA-01/A3"])
    assert.deepStrictEqual(meant("A33"), [])
  })
})

describe("a call of cartwise sim", () => {
  it("is a verb and a bay, or list", () => {
    assert.deepStrictEqual(parseSimCall(["cut-wire", "A3"]), { do: "act", verb: "cut-wire", bay: "A3", json: false })
    assert.deepStrictEqual(parseSimCall(["list", "--json"]), { do: "list", json: true })
    assert.deepStrictEqual(parseSimCall(["--help"]), { do: "help" })
  })

  it("is wrong without a bay, with two bays, with an unknown verb, or with an unknown option", () => {
    for (const words of [[], ["take"], ["take", "A1", "A2"], ["steal", "A1"], ["take", "A1", "--twice"]]) {
      assert.strictEqual(parseSimCall(words).do, "wrong", words.join(" "))
    }
  })
})
