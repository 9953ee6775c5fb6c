import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { type Answer, admin, ask } from "./Client.fixture.ts"

const [real, sim] = [placesOf(1), placesOf(2)]

type Item = Readonly<Record<string, unknown>>
const itemsOf = ({ body }: Answer) => Object(body["items"]) as ReadonlyArray<Item>
const read = (path: string) => ask(admin, `GET ${path}`)
const column = (path: string, field: string) =>
  Effect.map(read(path), (answer) => {
    assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
    return itemsOf(answer).map((item) => item[field])
  })

/** Every row of a list, two at a time. */
const walked = Effect.fnUntraced(function* (path: string, field: string) {
  const seen: Array<unknown> = []
  let cursor = ""
  while (true) {
    const answer = yield* read(`${path}${path.includes("?") ? "&" : "?"}limit=2${cursor}`)
    seen.push(...itemsOf(answer).map((item) => item[field]))
    if (answer.body["next"] === null) return seen
    cursor = `&cursor=${encodeURIComponent(String(answer.body["next"]))}`
  }
})

const backwards = (values: ReadonlyArray<unknown>) => [...values].reverse()

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("lists", (it) => {
  it.effect("are ordered by what is asked for, either way, page after page", () =>
    Effect.gen(function* () {
      const board = `/api/controllers/${real.controllerId}/bays`
      for (const [n, label] of ["Q", "C", "Z", "B"].entries()) {
        yield* ask(admin, `POST ${board}`, { body: { label, lock_index: 15 - n } })
        yield* ask(admin, "POST /api/carts", { body: { branch_id: real.branchId, cart_number: `N-${label}` } })
      }
      const orders: ReadonlyArray<readonly [path: string, field: string, sorts: ReadonlyArray<string>]> = [
        [`/api/branches/${real.branchId}/bays`, "label", ["label", "created_at"]],
        [board, "lock_index", ["lock_index", "label"]],
        ["/api/carts", "cart_number", ["cart_number", "cart_type", "last_used", "created_at", "updated_at"]],
        [`/api/branches/${real.branchId}/carts`, "cart_number", ["cart_number", "updated_at"]],
        ["/api/chains", "name", ["name", "slug", "created_at", "updated_at"]],
        ["/api/branches", "name", ["name", "branch_code", "city", "created_at", "updated_at"]],
        ["/api/devices", "device_name", ["device_name", "serial_number", "firmware_version", "last_heartbeat"]],
        ["/api/controllers", "id", ["port", "controller_address", "created_at"]],
        ["/api/users", "name", ["name", "email", "created_at"]],
        ["/api/audit", "id", ["-at", "at"]],
      ]
      for (const [path, field, sorts] of orders) {
        const usual = yield* column(`${path}?limit=1000`, field)
        for (const sort of sorts) {
          const name = `${path} by ${sort}`
          const whole = yield* column(`${path}?limit=1000&sort=${sort}`, field)
          assert.sameMembers(whole, usual, name)
          assert.deepEqual(yield* walked(`${path}?sort=${sort}`, field), whole, name)
          if (sort.startsWith("-")) continue
          const turned = yield* column(`${path}?limit=1000&sort=-${sort}`, field)
          assert.deepEqual(turned, backwards(whole), name)
          assert.deepEqual(yield* walked(`${path}?sort=-${sort}`, field), turned, name)
        }
        const [first = ""] = sorts
        assert.deepEqual(yield* column(`${path}?limit=1000&sort=${first}`, field), usual, `${path} as usual`)
      }
      const labels = yield* column(`/api/branches/${real.branchId}/bays?sort=-label`, "label")
      assert.deepEqual(labels, ["Z", "Q", "C", "B", "A2", "A1"])
    }),
  )

  it.effect("of what happened are newest first, and oldest first when that is asked for", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const ids = Array.from({ length: 5 }, (_, n) => idOf(8, 100 + n))
      for (const [n, id] of ids.entries()) {
        // Two at the same instant are in the order of their ids.
        const at = new Date(Date.parse("2026-11-20T10:00:00.000Z") + Math.min(n, 3) * 1_000).toISOString()
        yield* sql`
          insert into commands (id, kind, target_kind, target_id, device_id, epoch, stage, requested_by, requested_reason,
                                created_at, expires_at, updated_at)
          values (${id}, 'identify', 'bay', ${real.bayIds[0]}, ${real.deviceId}, 1, 'expired', 'x', 'x', ${at}, ${at}, ${at})`
        const shopper = idOf(9, 100 + n)
        yield* sql`
          insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
          values (${shopper}, ${real.chainId}, ${id}, 's', '050', 'he', ${at}, ${at})`
        yield* sql`
          insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
          values (${id}, ${real.chainId}, ${real.branchId}, ${shopper}, 'returned', false, ${at}, ${at})`
        yield* sql`
          insert into alarms (code, kind, entity_id, device_id, chain_id, branch_id, severity, phase, since, raised_at,
                              received_at, last_at, closed_at)
          values ('LOCK_JAMMED', 'bay', ${id}, ${real.deviceId}, ${real.chainId}, ${real.branchId}, 'major', 'cleared',
                  ${at}, ${at}, ${at}, ${at}, ${at})`
      }
      const lists = [
        ["/api/commands", "command_id", "created_at"],
        ["/api/rentals", "id", "created_at"],
        [`/api/branches/${real.branchId}/rentals/history`, "id", "created_at"],
        ["/api/alarms", "id", "raised_at"],
      ] as const
      for (const [path, field, sort] of lists) {
        const oldest = yield* column(`${path}?sort=${sort}`, field)
        assert.lengthOf(oldest, 5, path)
        if (field === "command_id") assert.deepEqual(oldest, ids)
        assert.deepEqual(yield* walked(`${path}?sort=${sort}`, field), oldest, path)
        for (const query of ["", `?sort=-${sort}`]) {
          assert.deepEqual(yield* column(`${path}${query}`, field), backwards(oldest), path)
          assert.deepEqual(yield* walked(`${path}${query}`, field), backwards(oldest), path)
        }
      }
    }),
  )

  it.effect("go on in the order their cursor is of, and in no other", () =>
    Effect.gen(function* () {
      const { body } = yield* read("/api/carts?limit=1&sort=-cart_number")
      const cursor = encodeURIComponent(String(body["next"]))
      assert.strictEqual((yield* read(`/api/carts?limit=1&sort=-cart_number&cursor=${cursor}`)).status, 200)
      for (const sort of ["", "&sort=cart_number", "&sort=last_used"]) {
        assert.deepInclude((yield* read(`/api/carts?limit=1${sort}&cursor=${cursor}`)).body, { code: "bad_request" })
      }
      assert.deepInclude((yield* read("/api/carts?sort=phone")).body, { code: "bad_request" })
    }),
  )

  it.effect("hold what fits all that is asked for", () =>
    Effect.gen(function* () {
      const carts = (query: string) => column(`/api/carts?${query}`, "cart_number")
      assert.deepEqual(yield* carts("q=n-&sort=-cart_number"), ["N-Z", "N-Q", "N-C", "N-B"])
      assert.deepEqual(yield* carts("q=%25"), [])
      assert.deepEqual(yield* carts(`placed=true&branch_id=${sim.branchId}`), ["S-1", "S-2"])
      assert.deepEqual(yield* carts(`placed=false&chain_id=${sim.chainId}`), [])
      yield* ask(admin, `POST /api/carts/${real.cartIds[0]}/maintenance`, { body: { on: true, reason: "a wheel" } })
      assert.include(yield* carts("status=maintenance"), "A-1")
      assert.deepEqual(yield* carts(`status=in_use&branch_id=${real.branchId}`), ["A-2"])
      assert.deepEqual(yield* column("/api/carts/available", "cart_number"), [])
      yield* ask(admin, `DELETE /api/carts/${real.cartIds[0]}`)
      assert.deepEqual(yield* carts("archived=true"), ["A-1"])
      assert.notInclude(yield* carts("archived=false"), "A-1")
      const bays = (query: string) => column(`/api/branches/${real.branchId}/bays?${query}`, "label")
      assert.deepEqual(yield* bays("placed=true"), ["A2"])
      assert.deepEqual(yield* bays("q=a"), ["A1", "A2"])
      assert.deepEqual(yield* bays("accessible=true"), [])
      assert.deepEqual(yield* column("/api/devices?status=online", "id"), [])
      assert.deepEqual(yield* column("/api/devices?q=02:00:00:00:00:02", "id"), [sim.deviceId])
      assert.deepEqual(yield* column("/api/devices?status=offline&sort=-device_name", "id"), [
        sim.deviceId,
        real.deviceId,
      ])
      assert.deepEqual(yield* column("/api/controllers?status=inactive&sort=port", "device_id"), [
        real.deviceId,
        sim.deviceId,
      ])
      assert.deepEqual(yield* column("/api/controllers?status=error", "id"), [])
      assert.deepEqual(yield* column(`/api/chains/${sim.chainId}/branches`, "id"), [sim.branchId])
      assert.deepEqual(yield* column("/api/branches?q=b-2&active=true&archived=false", "id"), [sim.branchId])
      assert.deepEqual(yield* column("/api/chains?q=sim", "id"), [sim.chainId])
    }),
  )

  const states: ReadonlyArray<readonly [list: string, kind: string, id: string, values: ReadonlyArray<object>]> = [
    [
      "carts",
      "cart",
      real.cartIds[1],
      ["unplaced", "available", "reserved", "rented", "overdue", "maintenance", "missing", "retired"].flatMap(
        (custody) => ["secured", "away", "unknown"].map((dock) => ({ custody, dock })),
      ),
    ],
    [
      "devices",
      "device",
      real.deviceId,
      ["enrolled", "pending", "online", "lost", "offline", "quarantined", "decommissioned"].flatMap((connection) =>
        ["ok", "degraded", "faulted"].map((health) => ({ connection, health, sync: "inSync" })),
      ),
    ],
    [
      "controllers",
      "controller",
      real.controllerId,
      ["probing", "polling", "slow", "silent", "garbled", "busDown", "disabled"].map((link) => ({ link })),
    ],
  ]
  it.effect("find by its status what the record says in every state", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      for (const [list, kind, id, values] of states) {
        for (const value of values) {
          yield* sql`update twins set value = ${sql.json(value)} where kind = ${kind} and id = ${id}`
          const record = itemsOf(yield* read(`/api/${list}?limit=1000`)).find((item) => item["id"] === id)
          const found = yield* column(`/api/${list}?limit=1000&status=${String(record?.["status"])}`, "id")
          assert.include(found, id, `${list} ${JSON.stringify(value)}`)
        }
      }
    }),
  )
})
