/**
 * What the OpenAPI document says beyond the routes themselves: what the server may answer to any request (a body that is
 * too large, one request too many, a database that is away), what every problem carries besides its own fields (`code`, `trace_id`, a title in
 * the client's language), and that numbers in a query are numbers.
 */
import { Limits } from "../Limits.ts"
import { codeOf } from "./ProblemTitles.ts"

type Json = Record<string, unknown>

const prefix = "urn:cartwise:problem:"
const pointer = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const ref = (name: string) => ({ "application/problem+json": { schema: pointer(name) } })

const problemSchema = (code: string, status: number, title: string) => ({
  type: "object",
  properties: {
    detail: { type: "string" },
    type: { type: "string", enum: [`${prefix}${code}`] },
    status: { type: "number", enum: [status] },
    title: { type: "string", enum: [title] },
  },
  required: ["type"],
  additionalProperties: false,
})

/** What is answered before a route is asked, so by any of them. */
const everywhere = {
  TooLarge: problemSchema("too_large", 413, "The request is too large."),
  TooComplex: problemSchema("too_complex", 413, "The body is too deep or too long in one place."),
  UrlTooLong: problemSchema("url_too_long", 414, "The address is too long."),
  UnsupportedMediaType: problemSchema("unsupported_media_type", 415, "The body must be JSON."),
  UnavailableEncoded: problemSchema("unavailable", 503, "A part that this needs is not ready."),
}

const isProblem = (
  schema: unknown,
): schema is { readonly properties: Json; readonly required: ReadonlyArray<string> } => {
  const { properties } = Object(schema)
  return properties?.type?.enum !== undefined && properties.status?.enum !== undefined && properties.title !== undefined
}

/** A problem as it goes out: with its code and trace, and a title that may be in another language. */
const asSent = (schema: unknown): unknown => {
  if (!isProblem(schema)) return schema
  const { type, status, title } = schema.properties as Record<string, { readonly enum: ReadonlyArray<never> }>
  const own = codeOf(type?.enum[0] ?? "", status?.enum[0] ?? 500)
  // What cannot be read at all, and what failed outside a route, are told apart from what does not fit the contract.
  const codes = own === "bad_request" ? [own, "unreadable"] : [own]
  const types = type?.enum[0] === "about:blank" ? ["about:blank", ...codes.map((code) => prefix + code)] : type?.enum
  return {
    ...schema,
    properties: {
      ...schema.properties,
      type: { type: "string", enum: types },
      title: { type: "string", description: "In English or Hebrew, by Accept-Language.", examples: title?.enum },
      code: { type: "string", enum: codes },
      trace_id: { type: "string", pattern: "^[0-9a-f]{32}$", description: "Names this request in the log." },
    },
    required: [...new Set([...schema.required, "type", "status", "title", "code", "trace_id"])],
  }
}

const described = (operation: Json): Json => {
  const responses = operation["responses"] as Json
  return {
    ...operation,
    ...(Array.isArray(operation["parameters"]) ? { parameters: operation["parameters"].map(typed) } : {}),
    responses: {
      ...responses,
      414: { description: "The address is too long.", content: ref("UrlTooLong") },
      ...(operation["requestBody"] === undefined
        ? {}
        : {
            413: {
              description: "The request is too large, or too deep or too long in one place.",
              content: {
                "application/problem+json": { schema: { anyOf: [pointer("TooLarge"), pointer("TooComplex")] } },
              },
            },
            415: { description: "The body must be JSON.", content: ref("UnsupportedMediaType") },
          }),
      429: responses["429"] ?? {
        description: "Too many requests: `Retry-After` says when to come again.",
        content: ref("TooManyRequestsEncoded"),
      },
      503: responses["503"] ?? {
        description: "The database or another part is away for now; `Retry-After` says when to come again.",
        content: ref("UnavailableEncoded"),
      },
    },
  }
}

/** Numbers are text in an address; what they may be is still said as numbers. */
const typed = (parameter: { readonly name: string; readonly in: string }) =>
  parameter.in === "query" && parameter.name === "limit"
    ? { ...parameter, schema: { type: "integer", minimum: 1, maximum: Limits.pageItemsMax } }
    : parameter

const eachEntry = (object: Json, change: (value: Json) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value as Json)]))

/** Takes the document that the contract gives; gives the one that is served. */
export const openApiDocument = (document: Json): Json => {
  const components = document["components"] as { readonly schemas: Json }
  const schemas = { ...everywhere, ...components.schemas }
  return {
    ...document,
    paths: eachEntry(document["paths"] as Json, (path) => eachEntry(path, described)),
    components: { ...components, schemas: eachEntry(schemas, asSent) },
  }
}
