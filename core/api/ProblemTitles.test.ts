import { assert, describe, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"
import { codeOf, hebrewTitles, languageOf } from "./ProblemTitles.ts"

describe("the language of a problem", () => {
  for (const [accepted, language] of [
    [undefined, "en"],
    ["", "en"],
    ["he", "he"],
    ["he-IL,he;q=0.9,en;q=0.8", "he"],
    ["en-US,en;q=0.9,he;q=0.8", "en"],
    ["fr, he;q=0.4, en;q=0.3", "he"],
    ["he;q=0", "en"],
    ["he;q=rubbish,en;q=0.1", "en"],
    ["*", "en"],
    [",;=,he", "he"],
  ] as const) {
    it(`is ${language} for ${JSON.stringify(accepted)}`, () => {
      assert.strictEqual(languageOf(accepted), language)
    })
  }
})

describe("the title of a problem", () => {
  it("is there in Hebrew for every problem of the API", () => {
    const { components } = OpenApi.fromApi(Api)
    const codes = Object.values(components.schemas).flatMap((schema) => {
      const { type, status } = Object(schema["properties"])
      return type?.enum === undefined || status === undefined ? [] : [codeOf(type.enum[0], status.enum[0])]
    })
    assert.isAbove(codes.length, 10)
    assert.deepStrictEqual(
      codes.filter((code) => hebrewTitles[code] === undefined),
      [],
    )
  })
})
