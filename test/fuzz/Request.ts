/** Requests to an operation: some as they should be, some with one thing wrong, some hostile through and through. */
import * as fc from "fast-check"
import { hostileBodies, hostileHeader, hostilePieces, hostileTexts, spoiled } from "./Hostile.ts"
import type { Operation, Parameter } from "./Operation.ts"
import { collectionOf, type Pools, valid } from "./Valid.ts"

/** Whose token a request carries: the right kind for the route, that of somebody who only looks, rubbish, or none. */
export type Bearer = "right" | "viewer" | "rubbish" | "none"

export interface FuzzedRequest {
  readonly method: string
  readonly url: string
  readonly bearer: Bearer
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A piece that the address keeps: nothing, or dots, would lead to another route. */
const kept = (text: string): string => (/^\.{0,2}$/u.test(text) ? "x" : text)

/** The record that `{id}` stands for is that of the piece before it: `/carts/{id}/unlock`. */
const poolOf = (path: string, name: string, pools: Pools): ReadonlyArray<string> => {
  const pieces = path.split("/")
  const before = pieces[pieces.indexOf(`{${name}}`) - 1] ?? ""
  if (name === "id" && before.startsWith("{")) return [...pools.values()].flat()
  return pools.get(name === "id" ? before : collectionOf(name)) ?? []
}

const piece = (operation: Operation, parameter: Parameter, pools: Pools): fc.Arbitrary<string> => {
  const known = poolOf(operation.path, parameter.name, pools)
  const fitting = valid(parameter.schema, parameter.name, pools).map((value) =>
    encodeURIComponent(kept(String(value).replaceAll(/\p{Surrogate}/gu, ""))),
  )
  return fc.oneof(
    ...(known.length === 0 ? [] : [{ weight: 8, arbitrary: fc.constantFrom(...known) }]),
    { weight: known.length === 0 ? 4 : 1, arbitrary: fitting },
    { weight: 1, arbitrary: fc.constantFrom(...hostilePieces) },
  )
}

/** Cursors as they are made, of a key and an id, and some that only look so. */
const cursors: fc.Arbitrary<string> = fc
  .oneof(
    fc.tuple(fc.constantFrom("", "a", "0", "\\u05e2"), fc.uuid()).map(([key, id]) => `["${key}","${id}"]`),
    fc.constantFrom(...hostileTexts).map((text) => `[${text},"1"]`),
    fc.constantFrom(...hostileTexts).map((text) => `["a",${text}]`),
    fc.constantFrom(...hostileTexts),
  )
  .map((text) => Buffer.from(text).toString("base64url"))

const query = (parameter: Parameter, pools: Pools): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    ...(parameter.name === "cursor"
      ? [{ weight: 4, arbitrary: cursors.map((cursor) => `cursor=${cursor.slice(0, 400)}`) }]
      : []),
    { weight: parameter.required === true ? 1 : 6, arbitrary: fc.constant(undefined) },
    {
      weight: 4,
      arbitrary: valid(parameter.schema, parameter.name, pools).map(
        (value) => `${parameter.name}=${encodeURIComponent(String(value).replaceAll(/\p{Surrogate}/gu, ""))}`,
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...hostilePieces).map((value) => `${parameter.name}=${value}`) },
  )

const header = (parameter: Parameter, pools: Pools): fc.Arbitrary<readonly [string, string] | undefined> =>
  fc
    .oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: valid(parameter.schema, parameter.name, pools) },
      { weight: 2, arbitrary: fc.constantFrom('"1"', "*") },
      { weight: 1, arbitrary: hostileHeader },
    )
    .map((value) =>
      value === undefined ? undefined : [parameter.name, String(value).replaceAll(/[^\x20-\xff]/gu, "")],
    )

const body = (operation: Operation, pools: Pools): fc.Arbitrary<string | undefined> => {
  if (operation.body === undefined) return fc.constantFrom(undefined, undefined, "{}", "[")
  const fitting = valid(operation.body, "", pools)
  return fc.oneof(
    { weight: 5, arbitrary: fitting.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: fitting.chain(spoiled) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, ...hostileBodies) },
  )
}

const bearers: fc.Arbitrary<Bearer> = fc.oneof(
  { weight: 12, arbitrary: fc.constant("right" as const) },
  { weight: 2, arbitrary: fc.constantFrom("viewer" as const, "none" as const) },
  { weight: 1, arbitrary: fc.constant("rubbish" as const) },
)

/** Requests to the operation that may hit records that exist. */
export const requests = (operation: Operation, pools: Pools): fc.Arbitrary<FuzzedRequest> => {
  const of = (where: Parameter["in"]) => operation.parameters.filter((parameter) => parameter.in === where)
  const pieces = fc.tuple(...of("path").map((parameter) => piece(operation, parameter, pools)))
  const queries = fc.tuple(...of("query").map((parameter) => query(parameter, pools)))
  const headers = fc.tuple(...of("header").map((parameter) => header(parameter, pools)))
  const types = fc.oneof(
    { weight: 15, arbitrary: fc.constant("application/json") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "application/json; charset=utf-16",
      ),
    },
  )
  return fc
    .record({ pieces, queries, headers, body: body(operation, pools), bearer: bearers, type: types })
    .map(({ pieces, queries, headers, body, bearer, type }) => {
      const path = of("path").reduce(
        (at, { name }, index) => at.replace(`{${name}}`, pieces[index] ?? ""),
        operation.path,
      )
      const search = queries.filter((one) => one !== undefined).join("&")
      const given = Object.fromEntries(headers.filter((one) => one !== undefined))
      return {
        method: operation.method,
        url: search === "" ? path : `${path}?${search}`,
        bearer,
        headers: body === undefined ? given : { ...given, "content-type": type },
        body: operation.method === "GET" ? undefined : body,
      }
    })
}
