/** What every session with the database has. */
import { Limits } from "#core/Limits.ts"
import { int8AsNumber } from "./Int8AsNumber.ts"

export const sessionLimits = {
  types: int8AsNumber,
  applicationName: "cartwise-cloud",
  connectTimeout: Limits.databaseConnectMs,
} as const
