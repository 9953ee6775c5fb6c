/**
 * Reads the file `REGISTRY_FILE` names. What is wrong with it is said with the path inside the document; nothing of a
 * file that does not fit is imported.
 */
import { Effect, FileSystem, Schema } from "effect"
import { RegistryDocument } from "#core/domain/RegistryDocument.ts"

/** The registry file cannot be used; `message` names file and place. */
export class RegistryFileError extends Schema.TaggedError<RegistryFileError>()("RegistryFileError", {
  message: Schema.String,
}) {}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(RegistryDocument), { errors: "all" })

/** Gives the document in the file. */
export const readRegistryFile = Effect.fn("readRegistryFile")(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const unusable = (why: unknown) =>
    new RegistryFileError({ message: `The registry file ${path} (REGISTRY_FILE) cannot be used: ${String(why)}` })
  const text = yield* Effect.mapError(files.readFileString(path), (error) => unusable(error.message))
  return yield* Effect.mapError(decode(text), (error) => unusable(error.message))
})
