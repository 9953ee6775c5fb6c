import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Overview } from "#core/api/Overview.ts"
import { ChainId, UserId } from "#core/domain/Ids.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { asOwner } from "../store/Tenants.ts"
import { begin, rowOf, shop, stateOf } from "../rentals/Shop.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { admin, ask, manager } from "./Client.fixture.ts"
import { People } from "./People.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const decode = Schema.decodeUnknownSync(Overview)

const see = (who: Parameters<typeof ask>[0], query = "") =>
  Effect.map(ask(who, `GET /api/overview${query}`), ({ status, body }) => {
    assert.strictEqual(status, 200, JSON.stringify(body))
    return decode(body)
  })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the overview", (it) => {
  it.effect("counts carts of which nothing was heard as stale, and never as available", () =>
    Effect.gen(function* () {
      const { branches, carts, devices } = yield* see(admin)
      assert.deepInclude(carts, { total: 4, available: 0, astray: 4, stale: 4 })
      assert.deepEqual(devices, { total: 2, online: 0 })
      assert.deepEqual(
        branches.map(({ branch_id }) => branch_id),
        [real.branchId, sim.branchId],
      )
    }),
  )

  it.effect("follows a rental from the unlock until the cart is out", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const before = yield* see(admin, `?chain_id=${real.chainId}`)
      assert.deepInclude(before.carts, { total: 2, available: 2, stale: 0 })
      assert.deepEqual(before.devices, { total: 1, online: 1 })
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      const asked = yield* see(admin)
      assert.deepInclude(asked.carts, { total: 4, available: 1, reserved: 1, stale: 2 })
      assert.deepEqual(asked.unlocks, { confirmed: 0, failed: 0, open: 1 })
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      yield* stateOf(id)
      const taken = yield* see(admin)
      assert.deepInclude(taken.carts, { available: 1, reserved: 0, out: 1 })
      assert.deepInclude(taken.rentals, { open: 1, overdue: 0, begun_today: 1, ended_today: 0 })
      assert.deepEqual(taken.unlocks, { confirmed: 1, failed: 0, open: 0 })
      const branch = taken.branches.find(({ branch_id }) => branch_id === real.branchId) ?? assert.fail()
      assert.deepInclude(branch, { taken_last_hour: 1, returned_last_hour: 0, worst: null })
      assert.deepInclude(branch.carts, { total: 2, available: 1, out: 1 })
    }),
  )

  it.effect("counts the alarms that ask for somebody, and no others", () =>
    Effect.gen(function* () {
      const raised = (entity: string, more: object) => ({
        code: "LOCK_JAMMED",
        kind: "bay",
        entity_id: entity,
        chain_id: real.chainId,
        branch_id: real.branchId,
        severity: "major",
        phase: "active",
        since: new Date(),
        raised_at: new Date(),
        received_at: new Date(),
        last_at: new Date(),
        ...more,
      })
      const sql = yield* PgClient.PgClient
      const add = (row: object) => asOwner(sql`insert into alarms ${sql.insert({ ...row })}`)
      yield* add(raised(real.bayIds[0], {}))
      yield* add(raised(real.bayIds[1], { phase: "latent" }))
      yield* add(raised(real.bayIds[1], { code: "FORCED_OPEN", shelved_until: new Date(Date.now() + 60_000) }))
      const { alarms, branches } = yield* see(admin)
      assert.deepEqual(alarms, { critical: 0, major: 1, minor: 0, warning: 0 })
      assert.strictEqual(branches[0]?.worst, "major")
      assert.isNull(branches[1]?.worst)
    }),
  )

  it.effect("holds only what somebody may see, whatever is asked for", () =>
    Effect.gen(function* () {
      const records = yield* UserRecords
      const who = UserId.make(idOf(7, 1))
      const before = (yield* records.get(who))?.grants ?? []
      yield* records.give(who, { role: "viewer", chain_id: ChainId.make(real.chainId), branch_id: null }, "test")
      yield* Effect.forEach(
        before.filter(({ chain_id }) => chain_id === null),
        ({ id }) => records.take(who, id),
      )
      yield* (yield* People).forget(who)
      const own = yield* see(manager)
      assert.deepEqual(
        own.branches.map(({ branch_id }) => branch_id),
        [real.branchId],
      )
      assert.strictEqual(own.carts.total, 2)
      for (const query of [`?chain_id=${sim.chainId}`, `?branch_id=${sim.branchId}`]) {
        const elsewhere = yield* see(manager, query)
        assert.deepEqual([elsewhere.carts.total, elsewhere.branches.length], [0, 0], query)
      }
    }),
  )
})
