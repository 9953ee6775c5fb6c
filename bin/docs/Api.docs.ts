/**
 * Prints the operations of the API into `docs/api.md`, group by group: what each takes, needs and answers, and examples with
 * the answers that a test has got (`ApiExamples.test.ts`).
 */
import { readFileSync } from "node:fs"
import { OpenApi } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import type { GeneratedPage } from "../commands/docs.ts"
import { withPrinted } from "./PrintedSections.ts"
import { type RecordedExample, recordedExamples } from "./RecordedExamples.ts"

type Json = Readonly<Record<string, unknown>>

interface Operation {
  readonly tags?: ReadonlyArray<string>
  readonly description?: string
  readonly "x-capabilities"?: ReadonlyArray<string>
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string; readonly required?: boolean }>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >
}

const path = "docs/api.md"
const document = OpenApi.fromApi(Api)
const schemas = document.components.schemas as Readonly<Record<string, Json>>

const listOf = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value : [])

/** A schema with what it refers to in its place. */
const resolved = (schema: Json): Json => {
  const { $ref } = schema
  return typeof $ref === "string" ? resolved(schemas[$ref.split("/").at(-1) ?? ""] ?? {}) : schema
}
/** The schemas of which one fits. */
const variantsOf = (schema: Json): ReadonlyArray<Json> => {
  const whole = resolved(schema)
  const variants = [...listOf(whole["anyOf"]), ...listOf(whole["oneOf"])]
  return variants.length === 0 ? [whole] : variants.flatMap(variantsOf)
}

/** Answers that any operation may give are said once, above. */
const everywhere = new Set(["400", "401", "413", "414", "415", "429", "500", "503"])

const code = (text: string): string => `\`${text}\``

/** `201`, or `409` with the codes of its problems. */
const answersOf = ({ responses }: Operation): string =>
  Object.entries(responses)
    .filter(([status]) => !everywhere.has(status))
    .map(([status, { content = {} }]) => {
      const problems = content["application/problem+json"]
      const codes = (problems === undefined ? [] : variantsOf(problems.schema)).flatMap((variant) => {
        const said = Object(Object(variant["properties"])["code"])["enum"]
        return Array.isArray(said) ? said.map(String) : []
      })
      return [status, ...codes.map(code)].join(" ")
    })
    .join("; ")

/** The names in its query, and the fields of its body; what may be left out has a `?`. */
const takenBy = ({ parameters = [], requestBody }: Operation): string => {
  const query = parameters.flatMap(({ name, in: where, required }) =>
    where === "query" ? [`${name}${required === true ? "" : "?"}`] : [],
  )
  const bodies = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => variantsOf(schema))
  const fields = new Map<string, boolean>()
  for (const body of bodies) {
    const required = new Set(Array.isArray(body["required"]) ? body["required"].map(String) : [])
    for (const name of Object.keys(Object(body["properties"]))) {
      fields.set(name, required.has(name) && (fields.get(name) ?? true))
    }
  }
  const body = [...fields].map(([name, isRequired]) => `${name}${isRequired ? "" : "?"}`)
  return [
    ...(query.length === 0 ? [] : [`query ${code(query.join(" "))}`]),
    ...(body.length === 0 ? [] : [`body ${code(body.join(" "))}`]),
  ].join(", ")
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const table = (operations: ReadonlyArray<readonly [name: string, operation: Operation]>): string =>
  [
    ["Operation", "Takes", "Needs", "Answers", ""],
    ["---", "---", "---", "---", "---"],
    ...operations.map(([name, operation]) => [
      code(name),
      takenBy(operation),
      (operation["x-capabilities"] ?? []).map(code).join(" or "),
      answersOf(operation),
      operation.description ?? "",
    ]),
  ]
    .map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n")

const example = ({ of, shows, request, headers, body, status, etag, answer }: RecordedExample): string => {
  const sent = [request, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  const given = [`HTTP ${status}`, ...(etag === undefined ? [] : [`etag: ${etag}`])]
  const json = (value: unknown) => (value === undefined ? [] : ["", JSON.stringify(value, undefined, 2)])
  return [`${code(of)}: ${shows}`, "", "```http", ...sent, ...json(body), "", ...given, ...json(answer), "```"].join(
    "\n",
  )
}

/** Every group of operations with its table and its examples. */
export const printOperations = (): string => {
  const examples = recordedExamples()
  const all = Object.entries(document.paths)
    .flatMap(([address, methods]) =>
      Object.entries(methods as Readonly<Record<string, Operation>>).map(
        ([method, operation]) => [`${method.toUpperCase()} ${address}`, operation] as const,
      ),
    )
    .sort(([one], [other]) => addressOf(one).localeCompare(addressOf(other)))
  const groups = Map.groupBy(all, ([, { tags = [] }]) => tags[0] ?? "")
  return document.tags
    .flatMap(({ name, description = "" }) => {
      const operations = groups.get(name) ?? []
      const shown = examples.filter(({ of }) => operations.some(([operation]) => operation === of))
      return operations.length === 0
        ? []
        : [[`### ${name}`, description, table(operations), ...shown.map(example)].join("\n\n")]
    })
    .join("\n\n")
}

const addressOf = (operation: string): string => operation.split(" ")[1] ?? ""

export const pages = (): Promise<ReadonlyArray<GeneratedPage>> => {
  const page = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
  return Promise.resolve([{ path, text: withPrinted(page, { operations: printOperations() }) }])
}
