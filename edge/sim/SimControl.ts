/**
 * The simulator's control: HTTP on this machine only, for hands and eyes at simulated bays. Nothing of a real branch can be
 * reached through it.
 *
 *   GET  /state              every simulated bay as it really is
 *   GET  /buses              the ttys on which simulated buses can be spoken to
 *   GET  /signs              what the lights and screens of the simulated devices show now
 *   POST /bays/{bay}/{verb}  a hand at a bay, by id, label or BRANCH/LABEL
 */
import { createServer, type IncomingMessage, type Server } from "node:http"

import { Effect, Schema, type Scope } from "effect"

import { handVerbs, isHandVerb } from "#twins/world/Hand.ts"

import type { SimHost } from "./SimHost.ts"

/** The control's port is taken or refused. */
export class ControlPortTaken extends Schema.TaggedError<ControlPortTaken>()("ControlPortTaken", {
  message: Schema.String,
}) {}

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Serves the control on 127.0.0.1 as long as the scope lives; gives its URL. Port 0 takes a free one. */
export const startSimControl = Effect.fn("startSimControl")(function* (
  host: SimHost,
  port: number,
): Effect.fn.Return<string, ControlPortTaken, Scope.Scope> {
  const server = yield* Effect.acquireRelease(listen(host, port), (server) =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    }),
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : port}`
})

const listen = (host: SimHost, port: number): Effect.Effect<Server, ControlPortTaken> =>
  Effect.callback((resume) => {
    const server = createServer((request, response) => {
      const { status, body } = answer(host, request)
      request.resume()
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
    })
    server.once("error", (error) => {
      const message = `The simulator's control can not listen on port ${port} (simulator.control_port): ${error.message}.`
      resume(Effect.fail(new ControlPortTaken({ message })))
    })
    server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
  })

const answer = (host: SimHost, request: IncomingMessage): Answer => {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1")
  const route = `${request.method ?? "GET"} ${pathname}`
  if (route === "GET /state") return { status: 200, body: { simulated: true, bays: stateOf(host) } }
  if (route === "GET /buses") return { status: 200, body: host.shown }
  if (route === "GET /signs") return { status: 200, body: signsOf(host) }
  const act = /^POST \/bays\/([^/]+)\/([^/]+)$/u.exec(route)
  return act === null ? notFound(`there is no ${route}`) : actAt(host, decode(act[1]), decode(act[2]))
}

const actAt = (host: SimHost, name: string, verb: string): Answer => {
  if (!isHandVerb(verb)) return notFound(`there is no verb ${verb}; there are ${handVerbs.join(", ")}`)
  const found = host.world.find(name)
  if ("candidates" in found && found.candidates.length === 0) return notFound(`there is no simulated bay ${name}`)
  const acted = host.world.act(name, verb, host.nowMs())
  return "done" in acted ? { status: 200, body: acted } : { status: 409, body: { error: acted.refused } }
}

const notFound = (error: string): Answer => ({ status: 404, body: { error } })

const stateOf = (host: SimHost) =>
  host.world.state(host.nowMs()).map(({ lockIndex, branch, device, ...bay }) => ({
    ...bay,
    branch: branch ?? null,
    device: device.split("/")[0],
    lock_index: lockIndex,
  }))

const signsOf = (host: SimHost) =>
  host.signs().map(({ device, bay, says, untilMs }) => ({
    device,
    bay: bay?.label ?? null,
    says,
    left_ms: Math.round(untilMs - host.nowMs()),
  }))

/** A part of a path as it was meant; one that is badly escaped names nothing. */
const decode = (part: string | undefined): string => {
  try {
    return decodeURIComponent(part ?? "")
  } catch {
    return ""
  }
}
