/**
 * A twin of the API as the machines take it. Undefined if no machine of this page can read it, because the server is newer.
 */
import { Result } from "effect"
import type { Twin } from "#core/api/Twins.ts"
import { readStoredAs } from "#twins/Migrate.ts"
import type { Stored } from "#twins/Stored.ts"

export const storedTwin = ({ kind, machine, version, value, context, deadlines, revision }: Twin): Stored | undefined =>
  Result.getOrUndefined(readStoredAs(kind, { machine, version, value, context, deadlines, revision }))
