import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { request } from "../http/Http.fixture.ts"
import { People } from "../http/People.ts"
import { Tokens } from "../http/Tokens.ts"
import { Audit } from "../audit/Audit.ts"
import { Commands } from "../store/Commands.ts"
import { ChainId, CommandId, UserId } from "#core/domain/Ids.ts"
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

  const everybody = Effect.flatMap(Tokens, (tokens) => tokens.issue(UserId.make(idOf(7, 3))))
  /** A command, a divergence and a line of the audit log of the other chain. */
  const somethingElsewhere = Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [bay] = sim.bayIds
    const known = yield* sql`select 1 from commands where requested_by = 'elsewhere'`
    if (known.length > 0) return
    const id = CommandId.make(idOf(8, 1))
    const at = { createdAt: 0, expiresAt: 10_000, topic: "t", payload: "{}", traceparent: null, epoch: 1, cartId: null }
    const target = { kind: "bay", id: bay } as const
    const by = { requestedBy: "elsewhere", requestedReason: "elsewhere", deviceId: sim.deviceId }
    yield* (yield* Commands).create({ id, kind: "identify", target, ...by, ...at }, [])
    yield* (yield* Audit).write({
      by: { kind: "cloud", id: "elsewhere" },
      action: "test.elsewhere",
      place: sim,
      target,
      reason: "elsewhere",
    })
    yield* sql`
      insert into divergences (device_id, kind, twin_id, rule, event, expected, reported, times, at, last_at)
      values (${sim.deviceId}, 'bay', ${bay}, 'fact_replaces_mirror', 'null', '"elsewhere"', '"elsewhere"', 1, now(), now())`
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

  for (const path of ["chains", "branches", "devices", "commands", "divergences", "audit"]) {
    it.effect(`finds in the list of ${path} nothing from elsewhere`, () =>
      Effect.gen(function* () {
        yield* somethingElsewhere
        const { status, body } = yield* request("GET", `/api/${path}?limit=1000`, { token: yield* token })
        assert.strictEqual(status, 200)
        const text = JSON.stringify(body)
        for (const foreign of [sim.chainId, sim.branchId, sim.deviceId, ...sim.bayIds, "elsewhere"]) {
          assert.notInclude(text, foreign)
        }
        const all = yield* request("GET", `/api/${path}?limit=1000`, { token: yield* everybody })
        assert.isAbove(
          (all.body["items"] as ReadonlyArray<unknown>).length,
          (body["items"] as ReadonlyArray<unknown>).length,
        )
      }),
    )
  }

  for (const path of [
    `devices/${sim.deviceId}/controllers`,
    `branches/${sim.branchId}/bays`,
    `branches/${sim.branchId}/carts`,
  ]) {
    it.effect(`is told that there is no ${path.replace(/[0-9a-f-]{36}/u, "{id}")} elsewhere`, () =>
      Effect.gen(function* () {
        assert.deepInclude((yield* request("GET", `/api/${path}`, { token: yield* token })).body, { status: 404 })
      }),
    )
  }

  it.effect("does not see what nobody could understand: it may be anybody's", () =>
    Effect.gen(function* () {
      for (const path of ["quarantine", "quarantine/counts", "simulation/sms?to=0541234567"]) {
        const { status, body } = yield* request("GET", `/api/${path}`, { token: yield* token })
        assert.isTrue(status === 403 || (body["items"] as ReadonlyArray<unknown>).length === 0, path)
      }
    }),
  )

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
