/**
 * May an offered configuration be put in force here? Everything that is wrong with it at once, so that a person can mend it
 * in one go. Pure.
 */
import { Result, Schema, SchemaIssue } from "effect"

import { ConfigDocument, hashOf } from "#core/config/ConfigDocument.ts"
import { Limits } from "#core/Limits.ts"
import type { ConfigDesired, ConfigProblem } from "#core/wire/Config.ts"

import type { Placement } from "./Placement.ts"

/** Gives the document that may be put in force, or what is wrong with the offer. */
export const checkConfig = (
  offer: Omit<ConfigDesired, "v">,
  current: { readonly version: number; readonly placement: Placement },
): Result.Result<ConfigDocument, ReadonlyArray<ConfigProblem>> => {
  const { placement, version } = current
  const problems: Array<ConfigProblem> = []
  if (offer.version < version) {
    problems.push({ path: "version", message: `${offer.version} is older than ${version}, which is in force` })
  }
  if (hashOf(offer.document) !== offer.hash) problems.push({ path: "hash", message: "it is not of this document" })
  const decoded = decode(offer.document)
  if (Result.isFailure(decoded)) {
    const { issues } = formatIssues(decoded.failure.issue)
    problems.push(...issues.map(({ path = [], message }) => ({ path: pathText(path), message })))
    return Result.fail(bounded(problems))
  }
  const document = decoded.success
  // What was installed since the program started is not wired here yet, and matters only when a cart is put into it.
  for (const { id, cart } of document.bays) {
    if (cart !== null && !placement.bays.has(id)) {
      problems.push({ path: `bays[${id}].cart`, message: "this device does not have the bay of this cart" })
    }
  }
  return problems.length === 0 ? Result.succeed(document) : Result.fail(bounded(problems))
}

const decode = Schema.decodeUnknownResult(ConfigDocument, { errors: "all" })
const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

type Segment = PropertyKey | { readonly key: PropertyKey }
const pathText = (path: ReadonlyArray<Segment>): string =>
  path.map((segment) => String(typeof segment === "object" ? segment.key : segment)).join(".")

/** What the wire has room for. */
const bounded = (problems: ReadonlyArray<ConfigProblem>): ReadonlyArray<ConfigProblem> =>
  problems.slice(0, Limits.configErrors).map(({ path, message }) => ({
    path: path.slice(0, Limits.textCharacters).toWellFormed().replaceAll("\u0000", ""),
    message: message.slice(0, Limits.textCharacters).toWellFormed().replaceAll("\u0000", ""),
  }))
