/** What changes of records have in common: the version that a request names, and the one that an answer has. */
import { Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import { SqlError } from "effect/sql"
import { NameTaken, PreconditionRequired } from "#core/api/Conditions.ts"
import { PreconditionFailed, versionOf } from "#core/api/Configuration.ts"
import { constraintOf, isTaken } from "../store/isTaken.ts"

interface Headers {
  readonly "if-match"?: string | undefined
}

/** Lets a change go on that names the version there is, or none. */
export const expectVersion = ({ "if-match": condition }: Headers, version: number) =>
  condition === undefined || condition === "*" || versionOf(condition) === version
    ? Effect.void
    : Effect.fail(new PreconditionFailed({ current: version }))

/** Lets a replacement go on that says what it replaces. */
export const requireVersion = ({ "if-match": condition }: Headers) =>
  condition === undefined ? Effect.fail(new PreconditionRequired({})) : Effect.void

/** Puts the version of a record on the answer, as `ETag`. */
export const tagged = <A extends { readonly version: number }>(record: A): Effect.Effect<A> =>
  Effect.withFiber((fiber) => {
    HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "etag", `"${record.version}"`)),
    )
    return Effect.succeed(record)
  })

type Sql = SqlError.SqlError

/** A record as it is answered: with its version as `ETag`. A statement that failed is our defect. */
export const answered = <A extends { readonly version: number }, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Effect.catchIf(
      change,
      (error): error is Extract<E, Sql> => SqlError.isSqlError(error),
      (error) => Effect.die(error),
    ),
    tagged,
  )

/** The same for a change that may meet another record with the same field; which one, its constraint says. */
export const answeredUnlessTaken = <A extends { readonly version: number }, E, R>(
  change: Effect.Effect<A, E, R>,
  field: string,
  fields: Readonly<Record<string, string>> = {},
) =>
  answered(
    Effect.catchIf(
      change,
      (error): error is Extract<E, Sql> => isTaken(error),
      (error) => Effect.fail(new NameTaken({ field: fields[constraintOf(error) ?? ""] ?? field })),
    ),
  )
