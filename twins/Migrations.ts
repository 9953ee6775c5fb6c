/**
 * How a stored twin of an older machine becomes one of the next: pure functions on its value and context, kept for
 * ever, each with a literal before and after in a test.
 */
import type { Schema } from "effect"

/** By the version it starts from: gives the value and context of the next version. */
export type Migrations = Readonly<
  Record<
    number,
    (old: { readonly value: Schema.Json; readonly context: Schema.JsonObject }) => {
      readonly value: Schema.Json
      readonly context: Schema.JsonObject
    }
  >
>
