/** The rules of the protocol on the document and the tests as they are, and the reading of both on made-up ones. */
import { assert, describe, it } from "@effect/vitest"
import { orphansOf, provedBy, rulesOf } from "./ProtocolRules.ts"
import { readSourceTree } from "./SourceTree.ts"

const tree = readSourceTree()
const page = tree.find(({ path }) => path === "docs/protocol/mqtt.md")?.text ?? ""

const rule = (n: number, text = "A device must.") => `- **CW-MQTT-${n}** ${text}`
const test = (...titles: ReadonlyArray<string>) => ({
  path: "a/A.test.ts",
  text: titles.map((title) => `it("${title}", () => {})`).join("\n"),
})

describe("the rules of the protocol", () => {
  it("are many", () => {
    assert.isAbove(rulesOf(page).length, 50)
  })

  it("each stand in the title of a test, and no test names another", () => {
    assert.deepStrictEqual(orphansOf(page, tree), [])
  })

  it("are in the order of their numbers", () => {
    assert.deepStrictEqual(rulesOf(page), [...rulesOf(page)].sort())
  })

  it("are named nowhere in the tests but at the beginning of a title", () => {
    const loose = tree.flatMap((file) =>
      /\.(?:test|contract)\.tsx?$/.test(file.path) && file.path !== "bin/verify/ProtocolRules.test.ts"
        ? [...file.text.matchAll(/CW-MQTT-\d+/g)].length > provedBy(file).length
          ? [file.path]
          : []
        : [],
    )
    assert.deepStrictEqual(loose, [])
  })
})

describe("an orphan", () => {
  it("is a rule that no title begins with", () => {
    const files = [test("101: boots", "boots as CW-MQTT-101 says"), { path: "a/B.test.ts", text: '// "CW-MQTT-101: "' }]
    assert.deepStrictEqual(orphansOf(rule(101), files), ["CW-MQTT-101 stands in the title of no test"])
  })

  it("is a title that names no rule, also beside one that does", () => {
    assert.deepStrictEqual(orphansOf(rule(101), [test("CW-MQTT-101, CW-MQTT-102: boots")]), [
      "a/A.test.ts: CW-MQTT-102 is no rule",
    ])
  })

  it("is a number that two rules have", () => {
    const twice = [rule(101), rule(101, "The cloud must.")].join("\n")
    assert.deepStrictEqual(orphansOf(twice, [test("CW-MQTT-101: boots")]), ["CW-MQTT-101 is there twice"])
  })

  it("is not found in what is no test", () => {
    assert.deepStrictEqual(provedBy({ path: "a/A.ts", text: '"CW-MQTT-101: x"' }), [])
  })

  it("is nothing that has both", () => {
    const files = [test("CW-MQTT-101, CW-MQTT-102: boots", "CW-MQTT-102: boots again")]
    assert.deepStrictEqual(orphansOf(`${rule(101)}\n${rule(102)}`, files), [])
  })
})
