/** Loopback ports that nobody uses, chosen by the system. */
import { connect } from "node:net"
import { Effect } from "effect"
import { freePort as findFreePort } from "#cloud/postgres/FreePort.ts"

export const freePort = (): Promise<number> => Effect.runPromise(findFreePort())

/** Completes when something takes connections on a loopback port; fails if nothing does now. */
export const reachable = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.end()
      resolve()
    })
    socket.once("error", reject)
  })
