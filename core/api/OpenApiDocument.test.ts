import { assert, describe, it } from "@effect/vitest"
import { Validator } from "@seriousme/openapi-schema-validator"
import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>
  readonly requestBody?: object
}

const document = () => structuredClone(OpenApi.fromApi(Api)) as unknown as Record<string, never>
const operations = (): ReadonlyArray<readonly [name: string, operation: Operation]> =>
  Object.entries(document()["paths"] ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(
      ([method, operation]) => [`${method} ${path}`, operation] as const,
    ),
  )

describe("the OpenAPI document", () => {
  it("is one by a public validator, and would not be with a part missing or wrong", async () => {
    const valid = await new Validator().validate(document())
    assert.isTrue(valid.valid, JSON.stringify(valid.errors)?.slice(0, 500))
    const { info: _, ...untitled } = document()
    assert.isFalse((await new Validator().validate(untitled)).valid)
    const shouted = JSON.parse(JSON.stringify(document()).replace('"in":"query"', '"in":"shout"'))
    assert.isFalse((await new Validator().validate(shouted)).valid)
  })

  it("describes every error as a problem with its code and trace", () => {
    const { schemas } = Object(document()["components"]) as { schemas: Record<string, { required: Array<string> }> }
    for (const [name, { responses, requestBody }] of operations()) {
      for (const status of ["400", "500", "503", ...(requestBody === undefined ? [] : ["413", "415"])]) {
        assert.property(responses, status, name)
      }
      for (const [status, { content = {} }] of Object.entries(responses)) {
        if (Number(status) < 400) continue
        assert.deepStrictEqual(Object.keys(content), ["application/problem+json"], `${name} ${status}`)
        for (const [, to] of JSON.stringify(content).matchAll(/#\/components\/schemas\/(\w+)/gu)) {
          const required = schemas[to ?? ""]?.required ?? []
          assert.includeMembers(required, ["type", "status", "title", "code", "trace_id"], `${name} ${status}`)
        }
      }
    }
  })
})
