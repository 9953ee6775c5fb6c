import { afterEach, assert, describe, it } from "vitest"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { type WebSocket as ServerSocket, WebSocketServer } from "ws"
import type { LiveMessage, LiveRequest } from "#core/api/Twins.ts"
import { linkAtom, stagesAtom } from "./LiveState.ts"
import { openLiveSocket } from "./LiveSocket.ts"

const server_time = "2026-11-22T10:00:00.000Z"
const commandId = "00000000-0000-4000-8000-0000000000aa"
const endings: Array<() => void> = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** A server that hands out its connections, one by one, with what they say. */
const serve = async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" })
  await once(server, "listening")
  endings.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const connection = async () => {
    const [socket] = (await once(server, "connection")) as [ServerSocket]
    const said = async (): Promise<LiveRequest> => JSON.parse(String((await once(socket, "message"))[0]))
    return { socket, said, say: (message: LiveMessage) => socket.send(JSON.stringify(message)) }
  }
  return { url: `ws://127.0.0.1:${port}`, connection }
}

/** Waits until the link is open or closed. */
const link = (open: boolean) =>
  new Promise<void>((resolve) => {
    if (linkAtom.get().open === open) return resolve()
    const watch = linkAtom.subscribe((next) => {
      if (next.open !== open) return
      watch.unsubscribe()
      resolve()
    })
  })

const open = (url: string, onUnauthorized = () => {}) => {
  const live = openLiveSocket({ url, ticket: async () => "secret", onUnauthorized })
  endings.push(live.stop)
  return live
}

describe("the live socket", () => {
  it("authenticates first, and subscribes once it is told that it may", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    open(url).follow({ scope: "branch", id: "b" })
    const { said, say } = await arriving
    assert.deepStrictEqual(await said(), { type: "authenticate", ticket: "secret" })
    const next = said()
    say({ type: "ready", server_time })
    assert.deepInclude(await next, { type: "subscribe", to: { scope: "branch", id: "b" } })
  })

  it("says that it is closed, comes back, and asks for everything again", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    open(url).follow({ scope: "all" })
    const first = await arriving
    await first.said()
    first.say({ type: "ready", server_time })
    await link(true)
    const again = connection()
    first.socket.terminate()
    await link(false)
    const second = await again
    await second.said()
    const asked = second.said()
    second.say({ type: "ready", server_time })
    assert.deepInclude(await asked, { type: "subscribe", to: { scope: "all" } })
  })

  it("follows a scope once however many ask, and leaves it with the last", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    const live = open(url)
    const { said, say } = await arriving
    await said()
    say({ type: "ready", server_time })
    await link(true)
    const subscribed = said()
    const leaves = [live.follow({ scope: "all" }), live.follow({ scope: "all" })]
    assert.propertyVal(await subscribed, "type", "subscribe")
    const next = said()
    for (const leave of leaves) leave()
    assert.propertyVal(await next, "type", "unsubscribe")
  })

  it("hands on the stages of commands, and drops what it cannot read", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    open(url)
    const { socket, said, say } = await arriving
    await said()
    say({ type: "ready", server_time })
    const heard = new Promise<void>((resolve) => {
      const watch = stagesAtom(commandId).subscribe(() => {
        watch.unsubscribe()
        resolve()
      })
    })
    socket.send("{ not json")
    socket.send(JSON.stringify({ type: "delta", twins: [{ kind: "bay" }], commands: [], server_time }))
    const command = JSON.stringify({ command_id: commandId, stage: "sent", reason: null, at: server_time })
    socket.send(`{"type":"delta","twins":[],"commands":[${command}],"server_time":"${server_time}"}`)
    await heard
    assert.deepStrictEqual(stagesAtom(commandId).get(), [{ stage: "sent", atMs: Date.parse(server_time) }])
  })

  it("says when its token is no longer good", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    const refused = new Promise<void>((resolve) => open(url, resolve))
    const { say } = await arriving
    say({ type: "error", code: "unauthorized", detail: "no" })
    await refused
  })
})
