/**
 * What a page shows when it cannot know: the real dashboard in a real browser over the real cloud, with a line between them
 * that is cut, held up, and whose other end dies. The minutes of it pass on the page's own clock. A page may show an old value
 * as an old value; it never shows one as live, and when it is live again it shows just what the cloud has.
 */
import { Effect } from "effect"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { buildUi } from "#bin/demo/UiBuild.ts"
import type { LiveMessage } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"
import { statePath } from "#ui/words/StateLook.ts"
import { type Fault, type FaultProxy, type Parcel, startFaultProxy } from "./chaos/FaultProxy.ts"
import { startBrowser } from "./support/Browser.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

/** A bay as the page showed it at some moment. */
interface Shown {
  readonly id: string
  readonly state: string
  readonly revision: number
  readonly stale: boolean
}

let stack: TtyStack
let proxy: FaultProxy
let browser: Browser
let page: Page
/** Messages of the live stream that reached the page. */
const heard: Array<LiveMessage> = []

const minute = 60_000
const bays = Array.from({ length: Limits.locksPerBoard }, (_, lockIndex) => oneBoard.bay(lockIndex))

/** The line refuses everybody. */
const cut: Fault = ({ line }) => {
  line.reset()
  return { fate: "drop" }
}

beforeAll(async () => {
  await Effect.runPromise(buildUi(() => {}))
  stack = await startTtyStack([])
  proxy = await startFaultProxy({ to: Number(new URL(stack.url).port), speaks: "bytes" })
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => void heard.push(JSON.parse(String(payload)) as LiveMessage)),
  )
  await page.clock.install()
  await page.goto(`http://127.0.0.1:${proxy.port}/branches/${oneBoard.branch}`)
  await page.getByLabel("E-mail").fill(oneBoard.email)
  await page.getByLabel("Password").fill(oneBoard.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.locator("[data-bay]").first().waitFor()
  await page.evaluate(() => {
    const seen: Array<Shown> = []
    Object.assign(globalThis, { seen })
    const options = { subtree: true, attributes: true, attributeFilter: ["data-stale", "data-revision", "data-state"] }
    new MutationObserver((records) => {
      for (const { target } of records) {
        if (!(target instanceof HTMLElement) || target.dataset["bay"] === undefined) continue
        const { state = "", revision, stale } = target.dataset
        const id = target.id.replace("bay-", "")
        seen.push({ id, state, revision: Number(revision ?? -1), stale: stale === "true" })
      }
    }).observe(document.body, options)
  })
})

afterAll(async () => {
  await browser?.close()
  await proxy?.stop()
  await stack?.stop()
})

const badge = (state: string) => page.locator(`[data-live='${state}']`)

/** What the page has shown so far, in order. */
const shownSoFar = (): Promise<ReadonlyArray<Shown>> =>
  page.evaluate(() => Reflect.get(globalThis, "seen") as Array<Shown>)

const shownNow = (): Promise<ReadonlyArray<Shown>> =>
  page.locator("[data-bay]").evaluateAll((cells) =>
    cells.map((cell) => {
      const { state = "", revision, stale } = (cell as HTMLElement).dataset
      return { id: cell.id.replace("bay-", ""), state, revision: Number(revision ?? -1), stale: stale === "true" }
    }),
  )

/** The page's clock goes on until it is connected and whole again. */
const untilLive = async (): Promise<void> => {
  for (let tries = 0; tries < 12; tries++) {
    await page.clock.fastForward(Limits.liveReconnectMaxMs)
    const isLive = await badge("live")
      .waitFor({ timeout: 5_000 })
      .then(
        () => true,
        () => false,
      )
    if (isLive) return
  }
  const text = await page.locator("body").innerText()
  throw new Error(`the page did not become live again: ${text.slice(0, 400)}`)
}

/** The cloud's own word on every bay. */
const inCloud = () => Promise.all(bays.map(async (id) => await stack.rest.twin("bay", id)))

/** Every value on the page is the cloud's, at its revision, and none is shown as old. */
const agrees = async (): Promise<void> => {
  const cloud = (await inCloud()).map(({ id, value, revision }) => ({
    id,
    state: statePath(value, "latch"),
    revision,
    stale: false,
  }))
  for (const one of cloud) {
    await page.locator(`[id='bay-${one.id}'][data-revision='${one.revision}'][data-stale='false']`).waitFor()
  }
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => a.id.localeCompare(b.id)
  assert.deepEqual((await shownNow()).toSorted(byId), cloud.toSorted(byId))
}

/** No revision is shown twice, none before one that is older, and nothing that was old already is shown as live. */
const isHonest = async (from: number, changed: string, revision: number): Promise<void> => {
  const shown = (await shownSoFar()).slice(from)
  for (const id of bays) {
    const own = shown.filter((one) => one.id === id).map((one) => one.revision)
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
      `bay ${id} went back`,
    )
  }
  const asLive = shown.filter(({ id, stale }) => id === changed && !stale)
  assert.isNotEmpty(asLive)
  assert.isAtLeast(asLive[0]?.revision ?? 0, revision, "an old value was shown as live")
}

/** Lets the cart out of a bay, past the page's line; gives the bay's revision then. */
const letOut = async (lockIndex: number): Promise<number> => {
  await stack.rest.unlock(oneBoard.cart(lockIndex), "a test of the page")
  await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(lockIndex), "released")
  await stack.board().verb("take", lockIndex)
  await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(lockIndex), "away")
  return (await stack.rest.twin("bay", oneBoard.bay(lockIndex))).revision
}

const areAllStale = async () => {
  const now = await shownNow()
  assert.lengthOf(now, bays.length)
  assert.isTrue(now.every(({ stale }) => stale))
}

describe("a page over a line that breaks", () => {
  it("is live and shows what the cloud has", async () => {
    await badge("live").waitFor()
    await agrees()
  })

  it("says since when it is stale while the socket is gone for a minute, and resumes without a gap or a repeat", async () => {
    const mend = proxy.use(cut)
    proxy.reset()
    await badge("stale").waitFor()
    const from = (await shownSoFar()).length
    await areAllStale()
    const revision = await letOut(0)
    await page.clock.fastForward(minute)
    await page.getByText(/Stale since/u).waitFor()
    await areAllStale()
    assert.isBelow((await shownNow()).find(({ id }) => id === oneBoard.bay(0))?.revision ?? 0, revision)
    mend()
    await untilLive()
    await agrees()
    await isHonest(from, oneBoard.bay(0), revision)
  })

  it("is stale while the cloud is dead, and shows what happened meanwhile once the cloud is back", async () => {
    stack.cloud().kill("SIGKILL")
    await stack.cloud().ended
    await badge("stale").waitFor()
    const from = (await shownSoFar()).length
    await areAllStale()
    const before = (await shownNow()).find(({ id }) => id === oneBoard.bay(0))?.revision ?? 0
    await stack.board().verb("return", 0)
    await stack.startCloud()
    await stack.ready()
    await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(0), "secured")
    await untilLive()
    await agrees()
    await isHonest(from, oneBoard.bay(0), before)
  })

  it("takes no old news for new on a line that is ten seconds behind, however much it hears", async () => {
    const held: Array<Parcel> = []
    const release = proxy.use(({ direction }) => (direction === "down" ? { fate: "hold", into: held } : undefined))
    const from = (await shownSoFar()).length
    const revision = await letOut(1)
    await page.clock.fastForward(Limits.liveDelayedAfterMs + 2_000)
    await badge("delayed").waitFor()
    await areAllStale()
    const heardBefore = heard.length
    release()
    for (const parcel of held) proxy.deliver(parcel)
    await page.locator(`[id='bay-${oneBoard.bay(1)}'][data-revision='${revision}']`).waitFor()
    assert.isAbove(heard.length, heardBefore)
    assert.strictEqual(await badge("live").count(), 0)
    await areAllStale()
    proxy.reset()
    await untilLive()
    await agrees()
    await isHonest(from, oneBoard.bay(1), revision)
  })
})
