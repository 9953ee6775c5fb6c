/**
 * A branch for tests of rentals: a device whose two bays hold their carts and which says what happens to them, people who
 * ask for a cart, and looks at what became of it.
 */
import { PgClient } from "@effect/sql-pg"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { BranchId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import { later } from "../Cloud.fixture.ts"
import { Deadlines } from "../registry/Deadlines.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Shoppers } from "../store/Shoppers.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { Lending } from "./Lending.ts"
import { RentalFollower } from "./RentalFollower.ts"

export const places = placesOf(1)
export const branchId = BranchId.make(places.branchId)
export const [firstBay, secondBay] = places.bayIds
export const cartOf = new Map(places.bayIds.map((bay, at) => [bay, places.cartIds[at] ?? ""]))

let people = 0
export const somebody = Effect.gen(function* () {
  people += 1
  return yield* (yield* Shoppers).known({
    id: idOf(8, people),
    chainId: places.chainId,
    phoneName: `name ${people}`,
    phoneSealed: "sealed",
    phoneMasked: "050-•••-0001",
    locale: "he",
    at: Date.now(),
  })
})

/** A device whose two bays hold their carts; it says what happens to them. */
export class Shop {
  readonly device: TestDevice
  seq = 0
  constructor(device: TestDevice) {
    this.device = device
  }
  bay(id: string, hook: "closed" | "open", presence: "present" | "absent", latch: unknown, ...announces: string[]) {
    this.seq += 1
    return { ...observed(this.seq, id, hook, presence, latch), announces }
  }
  /** The same fact, of another moment. */
  at<A extends { readonly event: object }>(at: number, fact: A) {
    return { ...fact, event: { ...fact.event, at } }
  }
  /** The board of the bay is silent: what goes on there is not seen. */
  unread(bayId: string) {
    this.seq += 1
    const event = { type: "bay.lost", reason: "controller_silent", at: Date.now() }
    const lost = { ...observed(this.seq, bayId, "closed", "present", "dark"), event }
    return this.say(lost, this.dock(bayId, "dock.lost", "unknown"))
  }
  dock(bayId: string, type: string, dock: string) {
    this.seq += 1
    const twin = { kind: "cart", id: cartOf.get(bayId) }
    return {
      fact: "twin",
      seq: this.seq,
      twin,
      event: { type, at: Date.now() },
      accepted: true,
      value: { dock },
      announces: [],
    }
  }
  stage(id: unknown, stage: string, extra: object = {}) {
    this.seq += 1
    return { fact: "command", seq: this.seq, command_id: id, stage, pulses: 1, at: Date.now(), ...extra }
  }
  say(...facts: ReadonlyArray<unknown>) {
    return Effect.promise(() => this.device.facts(facts))
  }
  parked(bayId: string, ...announces: string[]) {
    return this.say(
      this.bay(bayId, "closed", "present", "secured", ...announces),
      this.dock(bayId, "dock.secured", "secured"),
    )
  }
  opened(bayId: string, commandId: unknown) {
    return this.say(
      this.stage(commandId, "confirmed"),
      this.bay(bayId, "open", "present", { ajar: "released" }, "UNLOCK_CONFIRMED"),
      this.dock(bayId, "dock.released", "released"),
    )
  }
  taken(bayId: string) {
    return this.say(this.bay(bayId, "open", "absent", "empty", "REMOVED"), this.dock(bayId, "dock.left", "away"))
  }
}

let session = 0
export const shop = Effect.gen(function* () {
  const broker = yield* Broker
  const device = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, places)),
    (open) => Effect.promise(() => open.stop()),
  )
  device.session = ++session
  yield* Effect.promise(() => device.boot())
  const made = new Shop(device)
  for (const bay of places.bayIds) yield* made.parked(bay)
  return made
})

export const begin = Effect.gen(function* () {
  const shopper = yield* somebody
  const id = yield* (yield* Lending).begin(shopper, branchId)
  return { id, shopper }
})

export const rowOf = Effect.fnUntraced(function* (id: string) {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{
    state: string
    is_open: boolean
    bay_id: string
    command_id: string
    shopper_id: string
  }>`
    select state, is_open, bay_id, command_id, shopper_id from rentals where id = ${id}`
  return row ?? assert.fail("there is no such rental")
})

/** Where a rental stands once everything said so far was followed. */
export const stateOf = Effect.fnUntraced(function* (id: string) {
  yield* (yield* RentalFollower).follow([id])
  return (yield* rowOf(id)).state
})

export const custodyOf = Effect.fnUntraced(function* (bayId: string) {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ custody: string }>`
    select value->>'custody' as custody from twins where kind = 'cart' and id = ${cartOf.get(bayId)}`
  return row?.custody
})

/** Time passes for the twins. */
export const afterMs = (ms: number) =>
  later(
    ms,
    Effect.flatMap(Deadlines, ({ fire }) => fire),
  )
