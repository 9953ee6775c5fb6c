/**
 * The key that signs access tokens: `SECRET_KEY`, else one made at the first start and kept in the data folder, readable
 * by its owner only.
 */
import { Context, Effect, FileSystem, Layer, Path, Redacted, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { Settings } from "../Settings.ts"

/** The key file cannot be made or read. */
export class SecretKeyError extends Schema.TaggedError<SecretKeyError>()("SecretKeyError", {
  message: Schema.String,
}) {}

const load = Effect.gen(function* () {
  const settings = yield* Settings
  if (settings.secretKey._tag === "Some") return settings.secretKey.value
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.resolve(settings.dataDir, "secret.key")
  const unusable = (error: { readonly message: string }) =>
    new SecretKeyError({ message: `The key file ${file} cannot be used: ${error.message}. Set SECRET_KEY instead.` })
  return yield* Effect.gen(function* () {
    if (!(yield* files.exists(file))) {
      yield* files.makeDirectory(path.dirname(file), { recursive: true })
      // `wx`: of two programs that start at once, one makes the key and both use it.
      yield* Effect.ignore(
        files.writeFileString(file, `${randomBytes(48).toString("base64url")}\n`, { mode: 0o600, flag: "wx" }),
      )
    }
    return Redacted.make((yield* files.readFileString(file)).trim())
  }).pipe(Effect.mapError(unusable))
})

export class SecretKey extends Context.Service<SecretKey, Redacted.Redacted>()("cartwise/cloud/http/SecretKey") {
  static readonly layer = Layer.effect(SecretKey, load)
}
