import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { readPhone } from "#core/domain/Phone.ts"
import { Result } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { Shoppers } from "../store/Shoppers.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { isProblem, request, tokenOf } from "./Http.fixture.ts"
import { People } from "./People.ts"

const { chainId, branchId } = placesOf(1)
const rentalId = idOf(8, 1)
const manager = UserId.make(idOf(7, 1))
const phone = Result.getOrThrow(readPhone("054-765 4399"))

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a shopper's number", (it) => {
  /** A rental in a state, as the lists have it. */
  const rental = Effect.fnUntraced(function* (state: string) {
    const sql = yield* PgClient.PgClient
    const vault = yield* PhoneVault
    const id = idOf(8, 2)
    const kept = {
      id,
      chainId,
      phoneName: vault.nameOf(phone, `chain/${chainId}`),
      phoneSealed: vault.seal(phone, `shopper/${id}`),
      phoneMasked: "054-•••-4399",
      locale: "he",
      at: 0,
    } as const
    yield* (yield* Shoppers).known(kept)
    yield* sql`
      insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
      values (${rentalId}, ${chainId}, ${branchId}, ${id}, ${state}, true, now(), now())
      on conflict (id) do update set state = excluded.state`
  })
  const reveal = (token: string, id = rentalId) =>
    request("POST", `/api/rentals/${id}/reveal-phone`, { token, body: { reason: "The cart is by the bus stop" } })

  it.effect("is shown to a manager for a reason, which the audit log keeps without the number", () =>
    Effect.gen(function* () {
      yield* rental("active")
      const token = yield* tokenOf(signIns.manager)
      isProblem(
        yield* request("POST", `/api/rentals/${rentalId}/reveal-phone`, { token, body: {} }),
        400,
        "bad_request",
      )
      assert.deepStrictEqual((yield* reveal(token)).body, { phone })
      isProblem(yield* reveal(token, idOf(8, 9)), 404, "not_found")
      const admin = yield* tokenOf(signIns.admin)
      const { body } = yield* request("GET", "/api/audit?action=phone", { token: admin })
      assert.deepInclude((body["items"] as ReadonlyArray<object>)[0], {
        action: "phone.revealed",
        actor: manager,
        target_id: rentalId,
        reason: "The cart is by the bus stop",
        chain_id: chainId,
      })
      assert.notInclude(JSON.stringify(body), "7654399")
      // Who only looks, and who administers the platform, has no business with numbers.
      isProblem(yield* reveal(yield* tokenOf(signIns.viewer)), 403, "forbidden")
      isProblem(yield* reveal(admin), 403, "forbidden")
    }),
  )

  it.effect("is shown to an attendant only of a rental that is overdue", () =>
    Effect.gen(function* () {
      const records = yield* UserRecords
      const before = (yield* records.get(manager))?.grants ?? []
      const here = { role: "attendant", chain_id: chainId as never, branch_id: branchId as never } as const
      yield* records.give(manager, here, "test")
      yield* Effect.forEach(before, ({ id }) => records.take(manager, id))
      yield* (yield* People).forget(manager)
      const token = yield* tokenOf(signIns.manager)
      yield* rental("active")
      isProblem(yield* reveal(token), 403, "forbidden")
      yield* rental("overdue.serious")
      assert.deepStrictEqual((yield* reveal(token)).body, { phone })
    }),
  )
})
