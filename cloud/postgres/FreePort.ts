/** TCP ports on the loopback address: is one free, and which one is. Another program can still be faster. */
import { Effect } from "effect"
import { createServer } from "node:net"

/** Binds the port (0: any) for a moment; gives its number, or `undefined` if somebody else has it. */
const tryPort = (port: number) =>
  Effect.callback<number | undefined>((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(undefined)))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address()
      const bound = typeof address === "object" && address !== null ? address.port : undefined
      server.close(() => resume(Effect.succeed(bound)))
    })
  })

export const isPortFree = (port: number) => tryPort(port).pipe(Effect.map((bound) => bound !== undefined))

/** `wanted` if it is free, otherwise a port chosen by the system. */
export const freePort = Effect.fn("freePort")(function* (wanted?: number) {
  if (wanted !== undefined && (yield* isPortFree(wanted))) return wanted
  const port = yield* tryPort(0)
  return port ?? (yield* Effect.die("the system has no free loopback port"))
})
