import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import { Limits } from "#core/Limits.ts"
import { pack } from "#twins/Packed.ts"
import { initialOf } from "#twins/Twin.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { Commits } from "../live/Commits.ts"
import { neighbourPlaces, neighbourRegistry } from "../SmallRegistry.fixture.ts"
import {
  calm,
  codes,
  command,
  diverge,
  docked,
  online,
  phases,
  real,
  rental,
  rentalId,
  resolve,
  secured,
  set,
  setBays,
  shown,
  watching,
} from "./AlarmWorld.fixture.ts"

const { branchId, chainId, controllerId, deviceId } = real
const [bay] = real.bayIds
const [cart] = real.cartIds

/** Runs with a clock that is so long after an instant, however long the test has taken until then. */
const after = <A, E, R>(startMs: number, ms: number, effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => later(startMs + ms - Date.now(), effect))

type Deed = Effect.Effect<unknown, unknown, PgClient.PgClient>

interface Case {
  readonly code: AlarmCode
  readonly about: string
  readonly begin: Deed
  readonly end: Deed
  /** What makes its cause hold, without ending it, and what that is. */
  readonly under?: readonly [cause: AlarmCode, begin: Deed]
}

const offline = set("device", deviceId, { ...online, connection: "offline", sync: "unsynced" })
const silent = set("controller", controllerId, { link: "silent" })
const allOffline = Effect.andThen(
  offline,
  set("device", neighbourPlaces.deviceId, { ...online, connection: "offline", sync: "unsynced" }),
)
const backAgain = Effect.andThen(set("device", deviceId, online), set("device", neighbourPlaces.deviceId, online))
/** The device says what ails it. */
const ailing = (causes: ReadonlyArray<string>) =>
  Effect.andThen(
    set("device", deviceId, { ...online, health: "degraded" }),
    Effect.flatMap(PgClient.PgClient, (sql) => {
      const packed = pack({ ...initialOf("device", 0), context: { session: 1, epoch: 1, divergences: 0, causes } })
      return sql`update twins set context = ${sql.json(packed.context)} where kind = 'device' and id = ${deviceId}`
    }),
  )
const latch = (value: unknown) => set("bay", bay, { ...secured, latch: value })

const cases: ReadonlyArray<Case> = [
  { code: "DEVICE_OFFLINE", about: deviceId, begin: offline, end: backAgain, under: ["BRANCH_DARK", allOffline] },
  {
    code: "DEVICE_DEGRADED",
    about: deviceId,
    begin: ailing(["board 0 on bus 0: silent", "the journal is nearly full"]),
    end: ailing(["board 0 on bus 0: silent"]),
    under: ["DEVICE_OFFLINE", offline],
  },
  { code: "BRANCH_DARK", about: branchId, begin: allOffline, end: backAgain },
  {
    code: "BUS_DOWN",
    about: deviceId,
    begin: set("controller", controllerId, { link: "busDown" }),
    end: set("controller", controllerId, { link: "polling" }),
    under: ["DEVICE_OFFLINE", offline],
  },
  {
    code: "CONTROLLER_SILENT",
    about: controllerId,
    begin: silent,
    end: set("controller", controllerId, { link: "polling" }),
    under: ["BUS_DOWN", set("controller", controllerId, { link: "busDown" })],
  },
  {
    code: "LOCK_JAMMED",
    about: bay,
    begin: latch("jammed"),
    end: latch("secured"),
    under: ["CONTROLLER_SILENT", silent],
  },
  {
    code: "LOCK_NO_ANSWER",
    about: bay,
    begin: Effect.andThen(command("unknown", "no_answer"), command("failed", "no_answer")),
    end: Effect.suspend(() => command("confirmed", null, Date.now() + 60_000)),
    under: ["CONTROLLER_SILENT", silent],
  },
  {
    code: "UNLOCKED_TOO_LONG",
    about: bay,
    begin: latch({ ajar: "lingering" }),
    end: latch("secured"),
    under: ["CONTROLLER_SILENT", silent],
  },
  {
    code: "NOT_LATCHED",
    about: bay,
    begin: latch({ ajar: "unlatched" }),
    end: latch("empty"),
    under: ["CONTROLLER_SILENT", silent],
  },
  { code: "BAY_LATCHED_EMPTY", about: bay, begin: latch("latchedEmpty"), end: latch("empty") },
  {
    code: "SENSOR_FLAPPING",
    about: bay,
    begin: set("bay", bay, { ...secured, sensor: "suspect" }),
    end: set("bay", bay, secured),
  },
  {
    code: "RENTAL_OVERDUE",
    about: rentalId,
    begin: rental({ overdue: "mild" }),
    end: set("rental", rentalId, { life: "returnedLate" }),
    under: ["RENTAL_LOST", set("rental", rentalId, { life: { overdue: "lost" } })],
  },
  {
    code: "RENTAL_LOST",
    about: rentalId,
    begin: rental({ overdue: "lost" }),
    end: set("rental", rentalId, { life: "forceCompleted" }),
  },
  {
    code: "UNATTRIBUTED_RETURN",
    about: branchId,
    begin: set("cart", cart, { ...docked, custody: "rented" }),
    end: set("cart", cart, docked),
  },
  {
    code: "INVENTORY_MISMATCH",
    about: branchId,
    begin: latch("empty"),
    end: latch("secured"),
    under: ["CONTROLLER_SILENT", silent],
  },
  {
    code: "LOW_CARTS",
    about: branchId,
    begin: Effect.flatMap(
      PgClient.PgClient,
      (sql) =>
        sql`update twins set value = '{"dock":"away","custody":"rented"}' where kind = 'cart' and branch_id = ${branchId}`,
    ),
    end: set("cart", cart, docked),
  },
  { code: "TWIN_DIVERGENCE", about: bay, begin: diverge, end: resolve, under: ["DEVICE_OFFLINE", offline] },
  {
    code: "SMS_PROVIDER_DOWN",
    about: chainId,
    begin: codes(3, "unknown"),
    end: codes(20, "sent"),
  },
  {
    code: "OTP_ABUSE",
    about: chainId,
    begin: codes(5, "sent", { tries: 5 }),
    end: Effect.flatMap(PgClient.PgClient, (sql) => sql`delete from otp_challenges`),
  },
]

const registry = path.join(mkdtempSync(path.join(tmpdir(), "cartwise-alarms-")), "registry.json")
writeFileSync(registry, JSON.stringify(neighbourRegistry))

layer(testCloud({ REGISTRY_FILE: registry }), { excludeTestServices: true, timeout: 60_000 })(
  "alarms that levels raise",
  (it) => {
    for (const { code, about, begin, end, under } of cases) {
      const { raiseAfterMs, clearAfterMs } = alarmRuleOf(code)

      it.effect(`${code} is raised and cleared after its delays, through restarts in the middle of each`, () =>
        Effect.gen(function* () {
          yield* calm
          const start = Date.now()
          const look = (ms: number) =>
            Effect.scoped(Effect.flatMap(watching(), (watch) => after(start, ms, watch.look)))
          yield* begin
          yield* look(0)
          if (raiseAfterMs > 0) {
            yield* look(raiseAfterMs - 500)
            assert.deepStrictEqual(yield* phases(code), [], "not before its delay")
            yield* look(raiseAfterMs + 500)
          }
          assert.deepStrictEqual(yield* phases(code), ["active"])
          assert.deepInclude((yield* shown(code))[0], { entity_id: about, cause: null })

          yield* end
          const gone = raiseAfterMs + 1_000
          yield* look(gone)
          if (clearAfterMs > 0) {
            yield* look(gone + clearAfterMs - 500)
            assert.deepStrictEqual(yield* phases(code), ["clearing"], "not before its delay")
            yield* look(gone + clearAfterMs + 500)
          }
          assert.deepStrictEqual(yield* phases(code), ["cleared"])
        }),
      )

      if (under === undefined) continue
      const [cause, beginCause] = under
      it.effect(`${code} is shown under ${cause}`, () =>
        Effect.gen(function* () {
          yield* calm
          const watch = yield* watching()
          yield* begin
          yield* watch.look
          yield* later(raiseAfterMs + 500, watch.look)
          assert.deepStrictEqual(yield* phases(code), ["active"])
          yield* beginCause
          const { raiseAfterMs: causeMs } = alarmRuleOf(cause)
          yield* later(raiseAfterMs + Limits.alarmLookMs + 1_000, watch.look)
          yield* later(raiseAfterMs + 2 * Limits.alarmLookMs + causeMs + 2_000, watch.look)
          assert.deepStrictEqual(yield* phases(cause), ["active"])
          assert.deepInclude((yield* shown(code))[0], { cause })
        }),
      )
    }

    it.effect("nothing is raised right after a start, whatever is stored, and then at once", () =>
      Effect.gen(function* () {
        yield* calm
        yield* latch("jammed")
        yield* offline
        const start = Date.now()
        const watch = yield* watching(0)
        yield* after(start, Limits.alarmGraceMs - 500, watch.look)
        assert.deepStrictEqual([yield* phases("LOCK_JAMMED"), yield* phases("DEVICE_OFFLINE")], [[], []])
        const dueAt = yield* watch.nextAt
        assert.isAtMost(dueAt - Date.now(), Limits.alarmGraceMs)
        yield* after(start, 2 * Limits.alarmGraceMs, watch.look)
        assert.deepStrictEqual(yield* phases("LOCK_JAMMED"), [], "its device is away: nobody knows")
        yield* after(start, 4 * Limits.alarmGraceMs, watch.look)
        assert.deepStrictEqual(yield* phases("DEVICE_OFFLINE"), ["active"])
      }),
    )

    it.effect("bays that nobody has read yet are no lack of carts and no mismatch", () =>
      Effect.gen(function* () {
        yield* calm
        const watch = yield* watching()
        yield* setBays({ ...secured, latch: "dark" }, [...real.bayIds, ...neighbourPlaces.bayIds])
        yield* watch.look
        yield* later(60 * 60_000, watch.look)
        assert.deepStrictEqual([yield* phases("LOW_CARTS"), yield* phases("INVENTORY_MISMATCH")], [[], []])
      }),
    )

    it.effect("a board that is alone on its bus and silent is the board; two of them are the bus", () =>
      Effect.gen(function* () {
        yield* calm
        const sql = yield* PgClient.PgClient
        const watch = yield* watching()
        yield* silent
        yield* watch.look
        yield* later(40_000, watch.look)
        assert.deepStrictEqual([yield* phases("CONTROLLER_SILENT"), yield* phases("BUS_DOWN")], [["active"], []])

        const second = randomUUID()
        yield* sql`
          insert into controllers (id, device_id, controller_address, port, baudrate)
          select ${second}, device_id, 1, port, baudrate from controllers where id = ${controllerId}`
        yield* sql`
          insert into twins (kind, id, chain_id, branch_id, device_id, label, machine, version, value, context, deadlines,
                             revision, changed_at)
          select kind, ${second}::uuid, chain_id, branch_id, device_id, label, machine, version, value, context, deadlines,
                 revision, changed_at
          from twins where kind = 'controller' and id = ${controllerId}`
        yield* later(80_000, watch.look)
        yield* later(120_000, watch.look)
        assert.deepStrictEqual(yield* phases("BUS_DOWN"), ["active"])
        assert.deepStrictEqual(
          (yield* shown("CONTROLLER_SILENT")).map(({ cause }) => cause),
          ["BUS_DOWN", "BUS_DOWN"],
        )
        yield* sql`delete from twins where id = ${second}`
        yield* sql`delete from controllers where id = ${second}`
      }),
    )

    it.effect("a board that was taken out of use asks for nobody, whatever is still heard of it", () =>
      Effect.gen(function* () {
        yield* calm
        const sql = yield* PgClient.PgClient
        const watch = yield* watching()
        yield* silent
        yield* watch.look
        yield* later(40_000, watch.look)
        assert.deepStrictEqual(yield* phases("CONTROLLER_SILENT"), ["active"])
        yield* sql`update controllers set archived_at = now() where id = ${controllerId}`
        yield* later(80_000, watch.look)
        yield* later(120_000, watch.look)
        assert.deepStrictEqual(yield* phases("CONTROLLER_SILENT"), ["cleared"])
        yield* sql`update controllers set archived_at = null where id = ${controllerId}`
        yield* later(160_000, watch.look)
        yield* later(200_000, watch.look)
        assert.include(yield* phases("CONTROLLER_SILENT"), "active")
      }),
    )

    it.effect("several jammed locks of one board are its power, and one alarm", () =>
      Effect.gen(function* () {
        yield* calm
        const sql = yield* PgClient.PgClient
        const extra = randomUUID()
        yield* sql`
          insert into twins (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context,
                             deadlines, revision, changed_at)
          select kind, ${extra}::uuid, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context,
                 deadlines, revision, changed_at
          from twins where kind = 'bay' and id = ${bay}`
        yield* setBays({ ...secured, latch: "jammed" }, [...real.bayIds, extra])
        yield* (yield* watching()).look
        assert.deepStrictEqual(yield* phases("LOCK_SUPPLY_LOST"), ["active"])
        assert.deepStrictEqual(
          (yield* shown("LOCK_JAMMED")).map(({ cause }) => cause),
          ["LOCK_SUPPLY_LOST", "LOCK_SUPPLY_LOST", "LOCK_SUPPLY_LOST"],
        )
        yield* sql`delete from twins where id = ${extra}`
      }),
    )

    it.effect("one that is due is looked at then, and says when to look next", () =>
      Effect.gen(function* () {
        yield* calm
        const watch = yield* watching()
        yield* watch.look
        yield* latch({ ajar: "lingering" })
        const commits = yield* Commits
        yield* commits.publish({ twins: [{ kind: "bay", id: bay }] })
        const sql = yield* PgClient.PgClient
        const latent = Effect.map(
          sql<{ due_at: Date }>`select due_at from alarms where code = 'UNLOCKED_TOO_LONG' and phase = 'latent'`,
          ([row]) => row?.due_at.getTime(),
        )
        const dueAt = yield* Effect.repeat(latent, { until: (at) => at !== undefined })
        assert.isAtMost(yield* watch.nextAt, dueAt ?? 0)
        yield* later((dueAt ?? 0) - Date.now() + 1, watch.look)
        assert.deepStrictEqual(yield* phases("UNLOCKED_TOO_LONG"), ["active"])
      }),
    )

    it.effect("one condition is one alarm, however many look at once", () =>
      Effect.gen(function* () {
        yield* calm
        yield* latch("jammed")
        const watches = yield* Effect.all([watching(), watching(), watching()])
        yield* Effect.forEach(watches, ({ look }) => look, { concurrency: "unbounded", discard: true })
        assert.deepStrictEqual(yield* phases("LOCK_JAMMED"), ["active"])
      }),
    )
  },
)
