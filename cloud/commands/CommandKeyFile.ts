/**
 * Where the command key comes from: the setting `COMMAND_SIGNING_KEY` (the PEM itself, or the path of a file that holds it),
 * else the file in the data folder, readable by its owner only. In production no key is made by the way: edges believe
 * only the keys in their configs, so a new one would be a branch in which nothing opens.
 */
import { Effect, Option, Redacted, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { type CommandKey, newCommandKey, readCommandKey } from "./CommandKey.ts"

/** The key cannot be read or made; `message` says which setting mends it, and never what the key is. */
export class CommandKeyError extends Schema.TaggedError<CommandKeyError>()("CommandKeyError", {
  message: Schema.String,
}) {}

export interface CommandKeyPlace {
  readonly commandSigningKey: Option.Option<Redacted.Redacted>
  readonly dataDir: string
  readonly nodeEnv: string
}

/** The key of these settings; made and kept in the data folder if there is none, but not in production. */
export const loadCommandKey = (place: CommandKeyPlace): Effect.Effect<CommandKey, CommandKeyError> => {
  if (Option.isSome(place.commandSigningKey)) return readSetting(Redacted.value(place.commandSigningKey.value))
  if (place.nodeEnv === "production" && !existsSync(fileIn(place.dataDir))) {
    return new CommandKeyError({
      message:
        "COMMAND_SIGNING_KEY is not set and in production no key is made by the way. " +
        "Set it, or make a key with `npm run command-key`. See .env.example.",
    })
  }
  return keptCommandKey(place.dataDir)
}

/** The key kept in a data folder, made if there is none. Of two programs that start at once, one makes the key for both. */
export const keptCommandKey = (dataDir: string): Effect.Effect<CommandKey, CommandKeyError> => {
  const file = fileIn(dataDir)
  const unusable = (why: string) =>
    new CommandKeyError({ message: `The command key ${file} cannot be used: ${why}. Set COMMAND_SIGNING_KEY instead.` })
  return Effect.try({
    try: () => {
      if (!existsSync(file)) make(file)
      return readFileSync(file, "utf8")
    },
    catch: (cause) => unusable(cause instanceof Error ? cause.message : String(cause)),
  }).pipe(Effect.flatMap((pem) => readOr(pem, unusable("it holds no Ed25519 private key"))))
}

const fileIn = (dataDir: string): string => path.resolve(dataDir, "command.key")

/** Written whole under another name first: a program that is killed here leaves no half of a key. */
const make = (file: string): void => {
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, newCommandKey(), { mode: 0o600, flush: true })
    linkSync(draft, file)
  } catch (error) {
    if (!existsSync(file)) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

const readSetting = (value: string): Effect.Effect<CommandKey, CommandKeyError> => {
  const unusable = new CommandKeyError({
    message:
      "COMMAND_SIGNING_KEY cannot be used: it is neither an Ed25519 private key (PEM, PKCS #8) " +
      "nor the path of a file with one. See .env.example.",
  })
  // In an environment file a PEM is one line with \n in it.
  if (value.includes("-----BEGIN")) return readOr(value.replaceAll("\\n", "\n"), unusable)
  return Effect.try({ try: () => readFileSync(value, "utf8"), catch: () => unusable }).pipe(
    Effect.flatMap((pem) => readOr(pem, unusable)),
  )
}

const readOr = (pem: string, unusable: CommandKeyError): Effect.Effect<CommandKey, CommandKeyError> => {
  const key = readCommandKey(pem)
  return key === undefined ? Effect.fail(unusable) : Effect.succeed(key)
}
