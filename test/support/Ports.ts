/** Loopback ports that nobody uses, chosen by the system. */
import { Effect } from "effect"
import { freePort as findFreePort } from "#cloud/postgres/FreePort.ts"

export const freePort = (): Promise<number> => Effect.runPromise(findFreePort())
