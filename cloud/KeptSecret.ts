/**
 * A secret of the installation: its setting, else one made at the first start and kept in the data folder, readable by its
 * owner only. In production none is made by the way: what a lost data folder would take with it must be given.
 */
import { Effect, FileSystem, Option, Path, type Redacted, Redacted as Secrets, Schema } from "effect"
import { randomBytes } from "node:crypto"

/** The secret cannot be made, read or believed; `message` says which setting mends it. */
export class KeptSecretError extends Schema.TaggedError<KeptSecretError>()("KeptSecretError", {
  message: Schema.String,
}) {}

export interface KeptSecretPlace {
  /** The name of the setting, for people. */
  readonly name: string
  readonly setting: Option.Option<Redacted.Redacted>
  readonly dataDir: string
  /** Its file in the data folder. */
  readonly file: string
  readonly nodeEnv: string
}

/** Gives the secret; needs the file system only when no setting names it. */
export const keptSecret = Effect.fnUntraced(function* (place: KeptSecretPlace) {
  if (Option.isSome(place.setting)) return place.setting.value
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.resolve(place.dataDir, place.file)
  const unusable = (why: string) =>
    new KeptSecretError({ message: `The key file ${file} cannot be used: ${why}. Set ${place.name} instead.` })
  return yield* Effect.gen(function* () {
    if (!(yield* files.exists(file))) {
      if (place.nodeEnv === "production") {
        return yield* new KeptSecretError({
          message: `${place.name} is not set and in production no key is made by the way. See .env.example.`,
        })
      }
      yield* files.makeDirectory(path.dirname(file), { recursive: true })
      // `wx`: of two programs that start at once, one makes the key and both use it.
      yield* Effect.ignore(
        files.writeFileString(file, `${randomBytes(48).toString("base64url")}\n`, { mode: 0o600, flag: "wx" }),
      )
    }
    return Secrets.make((yield* files.readFileString(file)).trim())
  }).pipe(Effect.catchTag("PlatformError", ({ message }) => Effect.fail(unusable(message))))
})
