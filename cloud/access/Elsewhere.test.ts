import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { request } from "../http/Http.fixture.ts"
import { People } from "../http/People.ts"
import { Tokens } from "../http/Tokens.ts"
import { ChainId, UserId } from "#core/domain/Ids.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { UserRecords } from "../staff/UserRecords.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const manager = UserId.make(idOf(7, 1))
const reason = "x"

/** What is asked about one thing, at either place. */
const asked = (place: typeof real) =>
  [
    ["GET", `/api/twins/bay/${place.bayIds[0]}`, undefined],
    ["GET", `/api/twins/bay/${place.bayIds[0]}?revision=0`, undefined],
    ["GET", `/api/twins/bay/${place.bayIds[0]}/events`, undefined],
    ["GET", `/api/devices/${place.deviceId}/config`, undefined],
    ["GET", `/api/branches/${place.branchId}/rentals/active`, undefined],
    ["POST", `/api/carts/${place.cartIds[0]}/unlock`, { reason }],
    ["POST", `/api/bays/${place.bayIds[0]}/identify`, { reason }],
    ["POST", `/api/devices/${place.deviceId}/commands`, { kind: "snapshot", reason }],
    ["PUT", `/api/carts/${place.cartIds[0]}/placement`, { bay_id: place.bayIds[0], reason }],
  ] as const

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("somebody who works in one chain", (it) => {
  const token = Effect.gen(function* () {
    const records = yield* UserRecords
    const before = (yield* records.get(manager))?.grants ?? []
    yield* records.give(manager, { role: "chain_admin", chain_id: ChainId.make(real.chainId), branch_id: null }, "test")
    const wider = before.filter(({ chain_id }) => chain_id === null)
    yield* Effect.forEach(wider, ({ id }) => records.take(manager, id))
    yield* (yield* People).forget(manager)
    return yield* (yield* Tokens).issue(manager)
  })

  for (const [n, [method, path]] of asked(real).entries()) {
    it.effect(
      `${method} ${path.replaceAll(/[0-9a-f-]{36}/gu, "{id}")} answers at home, and elsewhere there is nothing`,
      () =>
        Effect.gen(function* () {
          const [, , body] = asked(real)[n] ?? assert.fail()
          const [, elsewhere, bodyElsewhere] = asked(sim)[n] ?? assert.fail()
          const ask = (at: string, sent: object | undefined) =>
            Effect.flatMap(token, (by) =>
              request(method, at, sent === undefined ? { token: by } : { token: by, body: sent }),
            )
          const home = yield* ask(path, body)
          assert.notInclude([401, 403, 404], home.status, JSON.stringify(home.body))
          const away = yield* ask(elsewhere, bodyElsewhere)
          assert.deepInclude(away.body, { status: 404, code: "not_found" })
        }),
    )
  }

  it.effect("moves no cart of his into a bay elsewhere, and hears of no bay there", () =>
    Effect.gen(function* () {
      const move = { token: yield* token, body: { bay_id: sim.bayIds[0], reason } }
      const moved = yield* request("PUT", `/api/carts/${real.cartIds[0]}/placement`, move)
      assert.deepInclude(moved.body, { status: 404 })
    }),
  )

  it.effect("changes no configuration that only the platform changes, though he sees it", () =>
    Effect.gen(function* () {
      const change = { token: yield* token, body: { timing: { poll_ms: 200 }, reason }, headers: { "if-match": "1" } }
      assert.deepInclude((yield* request("PATCH", `/api/devices/${real.deviceId}/config`, change)).body, {
        status: 403,
      })
    }),
  )
})
