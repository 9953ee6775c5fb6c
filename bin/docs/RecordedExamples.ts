/** What the requests of `ApiExamples.ts` were answered when they were run last, as the page of the API shows it. */
import { readFileSync } from "node:fs"

export interface RecordedExample {
  readonly of: string
  readonly shows: string
  readonly request: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly status: number
  readonly etag?: string
  readonly answer: unknown
}

export const recordedFile = new URL("api-examples.json", import.meta.url)

export const recordedExamples = (): ReadonlyArray<RecordedExample> => JSON.parse(readFileSync(recordedFile, "utf8"))

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu
/** Secrets, and a cursor, which holds an id. */
const secret = new Set(["access_token", "refresh_token", "claim_code", "hash", "next"])

const steadyNumber = (key: string, value: number): number => {
  if (key === "id" || key === "seq") return 1
  return key === "refresh_expires_in" ? Math.ceil(value / 60) * 60 : value
}

/** Makes what differs from run to run the same: instants, ids that were given out, secrets, numbers of rows and traces. */
export const steadied = () => {
  const given = new Map<string, string>()
  const steady = (value: unknown, key = ""): unknown => {
    if (Array.isArray(value)) return value.map((item) => steady(item))
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, steady(inner, name)]))
    }
    if (typeof value === "number") return steadyNumber(key, value)
    if (typeof value !== "string") return value
    if (secret.has(key)) return "…"
    if (key === "trace_id") return "4bf92f3577b34da6a3ce929d0e0e4736"
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u.test(value)) return "2026-11-25T10:15:00.000Z"
    return value.replaceAll(uuid, (id) => (id.startsWith("0000") ? id : nameOf(id)))
  }
  const nameOf = (id: string): string => {
    const name = given.get(id) ?? `5a1b0000-0000-4000-8000-${String(given.size + 1).padStart(12, "0")}`
    given.set(id, name)
    return name
  }
  return steady
}
