/** Every operation of the API as its own OpenAPI document describes it: nothing here knows a route by name. */
import { OpenApi } from "effect/http-api"
import { Api } from "#core/api/Api.ts"

export type JsonSchema = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header"
  readonly required?: boolean
  readonly schema: JsonSchema
}

export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  /** Of the JSON body; undefined if there is none. */
  readonly body: JsonSchema | undefined
  /** By status: the schemas by content type. */
  readonly responses: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
}

interface Described {
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }>>
}

const document = OpenApi.fromApi(Api)

/** The schemas that the others refer to. */
export const components = document.components.schemas as Readonly<Record<string, JsonSchema>>

const schemasOf = (content: Readonly<Record<string, { readonly schema: JsonSchema }>> = {}) =>
  Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema]))

/** What reads comes first, what takes away comes last, so that there is something for each to act on. */
const order = ["get", "post", "put", "patch", "delete"]

export const operations: ReadonlyArray<Operation> = Object.entries(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Described>>).map(([method, described]) => ({
      method: method.toUpperCase(),
      path,
      parameters: described.parameters ?? [],
      body: schemasOf(described.requestBody?.content)["application/json"],
      responses: Object.fromEntries(
        Object.entries(described.responses).map(([status, { content }]) => [status, schemasOf(content)]),
      ),
    })),
  )
  .sort((a, b) => order.indexOf(a.method.toLowerCase()) - order.indexOf(b.method.toLowerCase()))
