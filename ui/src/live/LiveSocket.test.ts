import { afterEach, assert, describe, it } from "vitest"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { type WebSocket as ServerSocket, WebSocketServer } from "ws"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import type { LiveMessage, LiveRequest, Twin } from "#core/api/Twins.ts"
import { isLiveAtom, linkAtom, stagesAtom } from "./LiveState.ts"
import { openLiveSocket } from "./LiveSocket.ts"
import { twinStore } from "./TwinStore.ts"

const server_time = "2026-11-22T10:00:00.000Z"
const commandId = "00000000-0000-4000-8000-0000000000aa"
const id = "00000000-0000-4000-8000-000000000001"
const twin: Twin = {
  kind: "bay",
  id,
  label: "A1",
  chain_id: ChainId.make(id),
  branch_id: BranchId.make(id),
  device_id: null,
  machine: "bay",
  version: 1,
  value: {},
  context: {},
  deadlines: [],
  revision: 1,
  changed_at: server_time,
  fresh_at: server_time,
  stale: false,
  simulated: true,
  can: {},
}
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

/** Waits until the page is live, or is not. */
const live = (is: boolean) =>
  new Promise<void>((resolve) => {
    if (isLiveAtom.get() === is) return resolve()
    const watch = isLiveAtom.subscribe((next) => {
      if (next !== is) return
      watch.unsubscribe()
      resolve()
    })
  })

/** Waits until another message has been heard. */
const heardOnce = () =>
  new Promise<void>((resolve) => {
    const watch = linkAtom.subscribe(() => {
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

  it("is not live again before everything it follows has come once more", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    open(url).follow({ scope: "all" })
    const whole = async ({ said, say }: Awaited<ReturnType<typeof connection>>) => {
      await said()
      const asked = said()
      say({ type: "ready", server_time })
      const { subscription } = (await asked) as Extract<LiveRequest, { type: "subscribe" }>
      return (more: boolean) =>
        say({ type: "snapshot", subscription, twins: [], server_time, ...(more ? { more: true } : {}) })
    }
    const first = await arriving
    const last = await whole(first)
    assert.isFalse(isLiveAtom.get())
    last(true)
    last(false)
    await live(true)
    const again = connection()
    first.socket.terminate()
    await link(false)
    assert.isFalse(isLiveAtom.get())
    const second = await again
    const next = await whole(second)
    second.say({ type: "alive", server_time })
    next(true)
    await heardOnce()
    assert.isTrue(linkAtom.get().open)
    assert.isFalse(isLiveAtom.get(), "a part is missing")
    next(false)
    await live(true)
  })

  it("forgets what nobody tells of any more, and takes no late word of it", async () => {
    const { url, connection } = await serve()
    const arriving = connection()
    const socket = open(url)
    const leave = socket.follow({ scope: "branch", id: twin.branch_id })
    const { said, say } = await arriving
    await said()
    const asked = said()
    say({ type: "ready", server_time })
    await asked
    say({ type: "delta", twins: [twin], commands: [], server_time })
    await heardOnce()
    assert.isDefined(twinStore.get("bay", twin.id))
    const left = said()
    leave()
    await left
    assert.isUndefined(twinStore.get("bay", twin.id))
    say({ type: "delta", twins: [twin], commands: [], server_time })
    await heardOnce()
    assert.isUndefined(twinStore.get("bay", twin.id))
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
