/** What an answer may not be: a failure of ours, something the contract does not say, or slow. */
import { Ajv2020 } from "ajv/dist/2020.js"
import { components, type Operation } from "./Operation.ts"

export interface FuzzedAnswer {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly ms: number
}

/** The longest a request may take (reliability.md §3.9): far more than any takes here. */
const slowMs = 10_000

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
ajv.addSchema({ $id: "api", components: { schemas: components } })

const absolute = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'))

const validators = new Map<object, ReturnType<typeof ajv.compile>>()
const validatorOf = (schema: object) => {
  const known = validators.get(schema) ?? ajv.compile(absolute(schema) as object)
  validators.set(schema, known)
  return known
}

/** What is wrong with the answer; empty if nothing is. */
export const complaints = (
  { responses }: Operation,
  { status, type, text, ms }: FuzzedAnswer,
): ReadonlyArray<string> => {
  const slow = ms > slowMs ? [`took ${Math.round(ms)} ms`] : []
  if (status >= 500 && !(status === 503 && !text.includes("database"))) return [...slow, `a failure of ours: ${status}`]
  const contents = responses[String(status)]
  if (contents === undefined) return [...slow, `status ${status} is not in the contract`]
  if (Object.keys(contents).length === 0) return text === "" ? slow : [...slow, "a body where the contract has none"]
  const schema = contents[type.split(";")[0] ?? ""]
  if (schema === undefined) return [...slow, `content type ${type} is not in the contract for ${status}`]
  if (!type.includes("json")) return slow
  const validate = validatorOf(schema)
  return validate(JSON.parse(text)) ? slow : [...slow, `not by its schema: ${ajv.errorsText(validate.errors)}`]
}
