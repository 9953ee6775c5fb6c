/** What every list takes: how many rows, where to go on, and in which order. */
import { Schema } from "effect"
import { Text } from "../domain/Text.ts"
import { pageQuery } from "./Records.ts"

type Either<Field extends string> = Field | `-${Field}`

/** By one of these, the first unless something else is asked for; `-` before it for the other way round. */
export const sortedBy = <const Field extends string>(...fields: ReadonlyArray<Field>) => {
  const turned = fields.map((field) => `-${field}` as const)
  const either: ReadonlyArray<Either<Field>> = [...fields, ...turned]
  return { ...pageQuery, sort: Schema.optional(Schema.Literals(either)) }
}

/** By when it was, the newest first unless asked for without the `-`. */
export const newestFirst = <const Field extends string>(field: Field) => {
  const either: ReadonlyArray<Either<Field>> = [`-${field}`, field]
  return { ...pageQuery, sort: Schema.optional(Schema.Literals(either)) }
}

/** Yes or no in an address. */
export const Flag = Schema.Literals(["true", "false"])

/** A part of a name, whatever its case. */
export const searched = Text.check(Schema.isBetweenLength(1, 64))

/** What a flag says; undefined if nothing was said. */
export const flagOf = (flag: typeof Flag.Type | undefined): boolean | undefined =>
  flag === undefined ? undefined : flag === "true"
