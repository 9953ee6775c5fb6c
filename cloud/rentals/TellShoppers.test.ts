/** What shoppers are told about their rentals, by the fake phones of tests. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import type { Phone } from "#core/domain/Phone.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { Inbox } from "../sms/Inbox.ts"
import { afterMs, begin, branchId, rowOf, shop, stateOf } from "./Shop.fixture.ts"
import { TellShoppers } from "./TellShoppers.ts"

const phone = "+972541112299" as Phone

/** Gives the shopper of a rental a number that can be read, and the branch a clock that shows this hour. */
const reachable = Effect.fnUntraced(function* (shopperId: string, hour: number) {
  const sql = yield* PgClient.PgClient
  const sealed = (yield* PhoneVault).seal(phone, `shopper/${shopperId}`)
  yield* sql`update shoppers set phone_sealed = ${sealed}, locale = 'en' where id = ${shopperId}`
  const ahead = (((hour - new Date(yield* Clock.currentTimeMillis).getUTCHours()) % 24) + 24) % 24
  const zone = ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`
  yield* sql`update branches set timezone = ${zone} where id = ${branchId}`
})

const messagesOf = Effect.fnUntraced(function* (id: string) {
  const sql = yield* PgClient.PgClient
  yield* (yield* TellShoppers).send
  const rows = yield* sql<{ about: string; state: string }>`
    select about, state from rental_messages where rental_id = ${id} order by created_at, about`
  return Object.fromEntries(rows.map(({ about, state }) => [about, state]))
})

/** What has come to the phone, the oldest first, once the given number is there. */
const received = Effect.map(Inbox, (inbox) => inbox.messages(phone).toReversed())

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a shopper", (it) => {
  it.effect("is told once when the cart is out and once when it is back", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id, shopper } = yield* begin
      yield* reachable(shopper.id, 12)
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      yield* Effect.repeat(messagesOf(id), { until: ({ started }) => started === "sent" })
      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* stateOf(id)
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
      const told = yield* Effect.repeat(messagesOf(id), { until: ({ returned }) => returned === "sent" })
      assert.deepStrictEqual(told, { returned: "sent", started: "sent" })
      const inbox = yield* received
      assert.deepStrictEqual(
        inbox.map(({ key, purpose }) => ({ key, purpose })),
        [
          { key: `rental/${id}/started`, purpose: "receipt" },
          { key: `rental/${id}/returned`, purpose: "receipt" },
        ],
      )
      assert.match(inbox[0]?.text ?? "", /^You have cart A-\d\. Back by \d\d:\d\d, please\.$/u)
    }),
  )

  it.effect("is left alone at night, and of what is over by the morning hears nothing", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const before = (yield* received).length
      const place = yield* shop
      const { id, shopper } = yield* begin
      yield* reachable(shopper.id, 23)
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      assert.deepStrictEqual(yield* Effect.repeat(messagesOf(id), { until: ({ started }) => started === "due" }), {
        started: "due",
      })
      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* stateOf(id)
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
      assert.lengthOf(yield* received, before)
      yield* reachable(shopper.id, 8)
      yield* sql`update rental_messages set due_at = now() where rental_id = ${id} and state = 'due'`
      const morning = yield* Effect.repeat(messagesOf(id), { until: ({ returned }) => returned === "sent" })
      assert.deepStrictEqual(morning, { returned: "sent", started: "dropped" })
      assert.lengthOf(yield* received, before + 1)
    }),
  )

  it.effect("is not written to again when nobody knows whether a message went out", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const before = (yield* received).length
      const [row] = yield* sql<{ id: string }>`select id from rentals where state = 'returned' limit 1`
      const id = row?.id ?? ""
      yield* sql`update rental_messages set state = 'sending', tried_at = now() - interval '1 hour'
                 where rental_id = ${id} and about = 'returned'`
      yield* Effect.repeat(messagesOf(id), { until: ({ returned }) => returned === "unknown" })
      yield* messagesOf(id)
      assert.lengthOf(yield* received, before)
    }),
  )
})
