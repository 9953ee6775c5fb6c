/** Why the demo cannot start or go on, in words for the person who started it. */
import { Schema } from "effect"

export class DemoError extends Schema.TaggedError<DemoError>()("DemoError", { message: Schema.String }) {}

/** What an exception of a file or network call says. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
