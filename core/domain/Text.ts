/**
 * Free text from outside: bounded, and without what Postgres refuses to store, a NUL or half of a surrogate pair. JSON
 * may carry both (`"\u0000"`, `"\ud800"`), so every border checks; a single text let through would be refused by the
 * database each time its message comes again.
 */
import { Schema } from "effect"
import { Limits } from "../Limits.ts"

/** With the `u` flag a surrogate stands for itself only where it has no partner. */
export const Text = Schema.String.check(
  Schema.isPattern(/^[^\0\p{Surrogate}]*$/u, { expected: "text without NUL and unpaired surrogates" }),
  Schema.isMaxLength(Limits.textCharacters),
)

/** Text that people write: without space around it, so many characters. */
export const WrittenText = (minCharacters: number, maxCharacters: number) =>
  Text.check(Schema.isTrimmed(), Schema.isBetweenLength(minCharacters, maxCharacters))

/** An e-mail address as far as it must be one to be told apart; what takes mail decides the rest. */
export const Email = Text.check(Schema.isPattern(/^[^\s@]{1,64}@[^\s@]{1,190}$/u))

/** Written text on one line: nothing that a terminal or a log would obey. */
export const PrintableText = (minCharacters: number, maxCharacters: number) =>
  WrittenText(minCharacters, maxCharacters).check(
    Schema.isPattern(/^[^\p{Cc}]*$/u, { expected: "text without control characters" }),
  )
