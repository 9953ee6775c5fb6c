/**
 * Reads an edge config file. What is wrong with it is one error that names every place in it, so that a person can mend
 * the file in one go; nothing has been started by then.
 */
import { readFile } from "node:fs/promises"

import { Effect, Result, Schema, SchemaIssue } from "effect"

import { type ConfigProblem, contradictions, EdgeConfig } from "./EdgeConfig.ts"
import { JoiningConfig, repeatedMacs } from "./JoiningConfig.ts"

/** The file can not be used. `message` is a sentence for people, `problems` names each place. */
export class ConfigError extends Schema.TaggedError<ConfigError>()("ConfigError", {
  file: Schema.String,
  message: Schema.String,
  problems: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String })),
}) {}

/** Reads and checks the config at `file`. */
export const readConfigFile = Effect.fn("readConfigFile")(function* (file: string) {
  const text = yield* Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => unusable(file, [{ path: "", message: `it can not be read: ${messageOf(cause)}` }]),
  })
  return yield* Effect.fromResult(parseAnyConfig(file, text))
})

/** Checks the text of a config file that names everything itself; `file` only names it in the error. */
export const parseConfig = (file: string, text: string): Result.Result<EdgeConfig, ConfigError> =>
  parseWith(file, text, decode, contradictions)

/** Checks the text of a config file, which may leave it to a cloud to say the rest. */
export const parseAnyConfig = (file: string, text: string): Result.Result<EdgeConfig | JoiningConfig, ConfigError> =>
  /"cloud"\s*:/u.test(text) ? parseWith(file, text, decodeJoining, repeatedMacs) : parseConfig(file, text)

const parseWith = <Config>(
  file: string,
  text: string,
  decode: (json: unknown) => Result.Result<Config, Schema.SchemaError>,
  contradictions: (config: Config) => ReadonlyArray<ConfigProblem>,
): Result.Result<Config, ConfigError> => {
  const json = Result.try({
    try: (): unknown => JSON.parse(text),
    catch: (cause) => unusable(file, [{ path: "", message: `it is not JSON: ${messageOf(cause)}` }]),
  })
  if (Result.isFailure(json)) return Result.fail(json.failure)
  const decoded = decode(json.success)
  if (Result.isFailure(decoded)) {
    const { issues } = formatIssues(decoded.failure.issue)
    return Result.fail(
      unusable(
        file,
        issues.map((issue) => ({ path: pathText(issue.path ?? []), message: issue.message })),
      ),
    )
  }
  const problems = contradictions(decoded.success)
  return problems.length === 0 ? Result.succeed(decoded.success) : Result.fail(unusable(file, problems))
}

const strict = { errors: "all", onExcessProperty: "error" } as const
const decode = Schema.decodeUnknownResult(EdgeConfig, strict)
const decodeJoining = Schema.decodeUnknownResult(JoiningConfig, strict)
const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

const unusable = (file: string, problems: ReadonlyArray<ConfigProblem>) =>
  new ConfigError({
    file,
    problems,
    message: [
      `The config ${file} can not be used:`,
      ...problems.map(({ path, message }) => (path === "" ? `  ${message}` : `  ${path}: ${message}`)),
    ].join("\n"),
  })

type PathSegment = PropertyKey | { readonly key: PropertyKey }

const pathText = (path: ReadonlyArray<PathSegment>): string =>
  path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("")

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
