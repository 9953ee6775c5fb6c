/**
 * The demo as a user has it: everything embedded, one command. What it prints is used for real.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import { readdirSync, readFileSync } from "node:fs"
import { Result } from "effect"
import { SerialPort } from "serialport"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { decode, encode } from "#core/cu16/Codec.ts"
import type { Cart } from "#core/api/Records.ts"
import { connectLive } from "./support/LiveClient.ts"
import { eventually } from "./support/Eventually.ts"
import { type DemoPlace, demoPlace, startDemo } from "./support/Demo.ts"
import { type Program, runToEnd, startCartwise } from "./support/Program.ts"
import { type Rest, signIn } from "./support/Rest.ts"

let place: DemoPlace
let program: Program
let ready: DemoReady
let rest: Rest

beforeAll(async () => {
  place = await demoPlace()
  ;({ program, ready } = await startDemo(place))
  rest = await signIn(ready.url, ready.email, ready.password)
})

afterAll(async () => {
  await program.stop("SIGINT")
})

const allCarts = async (): Promise<ReadonlyArray<Cart>> => {
  const branches = (await rest.get<{ items: ReadonlyArray<{ id: string }> }>("/api/branches")).body.items
  return (await Promise.all(branches.map((branch) => rest.carts(branch.id)))).flat()
}

const freeCart = async (): Promise<Cart> => {
  const cart = (await allCarts()).find(({ status, stale }) => status === "available" && !stale)
  if (cart === undefined) throw new Error("no cart is available")
  return cart
}

/** Writes a request to a tty and gives the nine bytes that come back. */
const exchange = (path: string, request: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: 19_200 })
    let heard = Buffer.alloc(0)
    port.once("error", reject)
    port.once("open", () => port.write(request))
    port.on("data", (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes])
      if (heard.length >= 9) port.close(() => resolve(heard))
    })
  })

describe("the demo", () => {
  it("has two chains, three branches, four devices and more than eighty carts, all marked simulated", async () => {
    const count = async (path: string) => {
      const { items } = (await rest.get<{ items: ReadonlyArray<{ simulated: boolean }> }>(path)).body
      assert.isTrue(items.every(({ simulated }) => simulated))
      return items.length
    }
    assert.strictEqual(await count("/api/chains"), 2)
    assert.strictEqual(await count("/api/branches"), 3)
    assert.strictEqual(await count("/api/devices"), 4)
    assert.isAtLeast((await allCarts()).length, 80)
  })

  it("has every device online and in sync when it says that it is ready", async () => {
    for (const device of await rest.devices()) {
      assert.deepInclude(device, { status: "online", sync: "inSync" })
    }
  })

  it("opens a lock and shows the same revision in REST and over the WebSocket", async () => {
    const cart = await freeCart()
    const live = await connectLive(ready.url, rest.token, { scope: "branch", id: cart.branch_id })
    const command = await rest.commandAt(await rest.unlock(cart.id), ["confirmed"])
    assert.deepEqual(
      command.stages.map(({ stage }) => stage),
      ["created", "sent", "accepted", "executing", "executed", "confirmed"],
    )
    assert.strictEqual(command.pulses, 1)
    const bay = await rest.twin("bay", cart.bay_id ?? "")
    const pushed = await live.until("bay", cart.bay_id ?? "", ({ revision }) => revision >= bay.revision)
    assert.deepEqual(pushed.value, bay.value)
    assert.strictEqual(pushed.revision, bay.revision)
    live.close()
  })

  it("lets a hand take the cart out and push it back, and sees both", async () => {
    const cart = await freeCart()
    const live = await connectLive(ready.url, rest.token, { scope: "branch", id: cart.branch_id })
    await rest.commandAt(await rest.unlock(cart.id), ["confirmed"])
    const sim = (verb: string) => runToEnd(startCartwise("sim", [verb, cart.bay_id ?? ""], place.env))
    assert.strictEqual((await sim("take")).code, 0)
    await live.until("cart", cart.id, ({ value }) => JSON.stringify(value).includes("away"))
    assert.strictEqual((await sim("return")).code, 0)
    await live.until("cart", cart.id, ({ value }) => JSON.stringify(value).includes("secured"))
    live.close()
  })

  it("refuses to unlock an open bay with the machine's reason", async () => {
    const cart = await freeCart()
    await rest.commandAt(await rest.unlock(cart.id), ["confirmed"])
    const refused = await rest.post<{ reason: string }>(`/api/carts/${cart.id}/unlock`, { reason: "again" })
    assert.strictEqual(refused.status, 409)
    assert.strictEqual(refused.body.reason, "already_open")
  })

  it("lets any CU16 program speak to its boards on a tty", async () => {
    assert.lengthOf(ready.simulator.buses, 4)
    for (const { path } of ready.simulator.buses) {
      const answer = await exchange(path, encode({ kind: "queryStatus", board: 0 }))
      assert.deepInclude(Result.getOrThrow(decode(answer)), { kind: "status", board: 0 })
    }
  })

  it("says which setting to change when its port is taken", async () => {
    const other = await demoPlace()
    const second = startCartwise("demo", ["--json"], { ...other.env, API_PORT: place.env["API_PORT"] ?? "" })
    const { code, err } = await runToEnd(second)
    assert.notStrictEqual(code, 0)
    assert.include(err, "API_PORT")
    assert.include(err, place.env["API_PORT"] ?? "no port")
  })

  it("serves OpenAPI without sign-in and refuses everything else without it", async () => {
    const document = (await (await fetch(`${ready.url}/api/openapi.json`)).json()) as { openapi: string }
    assert.match(document.openapi, /^3\.1/u)
    const bare = await fetch(`${ready.url}/api/chains`)
    assert.strictEqual(bare.status, 401)
    assert.include(bare.headers.get("content-type"), "application/problem+json")
    assert.strictEqual((await fetch(`${ready.url}/api/docs`)).status, 200)
    assert.strictEqual((await fetch(`${ready.url}/health/ready`)).status, 200)
  })

  it("makes an alarm of an open that nobody commanded, and counts it", async () => {
    const cart = await freeCart()
    const cut = await rest.post(`/api/simulation/bays/${cart.bay_id}/cut-wire`, {})
    assert.strictEqual(cut.status, 200)
    type Alarms = { items: ReadonlyArray<{ code: string; state: string; about: { id: string } }> }
    const alarm = await eventually(async () => {
      const { items } = (await rest.get<Alarms>("/api/alarms?state=open")).body
      const found = items.find(({ about }) => about.id === cart.bay_id)
      assert.isDefined(found)
      return found
    })
    assert.deepInclude(alarm, { code: "FORCED_OPEN", state: "active_unack" })
    const { body } = await rest.get<string>("/metrics")
    assert.match(body, /^cartwise_unexplained_open_total [1-9]/mu)
    await rest.post(`/api/simulation/bays/${cart.bay_id}/restore`, {})
    await eventually(async () => {
      const { items } = (await rest.get<Alarms>("/api/alarms?state=open")).body
      assert.isTrue(items.some(({ about, state }) => about.id === cart.bay_id && state === "cleared_unack"))
    })
  })
})

describe("Ctrl-C", () => {
  it("stops all of it, and a second start keeps what had happened", async () => {
    const cart = await freeCart()
    const id = await rest.unlock(cart.id, "before the stop")
    await rest.commandAt(id, ["confirmed"])
    assert.strictEqual(await program.stop("SIGINT"), 0)
    const left = readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/u.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(place.dataDir)
      } catch {
        return false
      }
    })
    assert.deepEqual(left, [], "no process of it is left")
    ;({ program, ready } = await startDemo(place))
    rest = await signIn(ready.url, ready.email, ready.password)
    assert.deepInclude(await rest.command(id), { stage: "confirmed", requested_reason: "before the stop" })
  })
})
