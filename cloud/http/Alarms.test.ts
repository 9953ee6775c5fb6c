import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const real = placesOf(1)

const ask = (method: string, path: string, token: string, body?: unknown) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = yield* Effect.promise(() => fetch(`${url}/api${path}`, init))
    return { status: response.status, body: yield* Effect.promise(() => response.json()) } as Answer
  })

const signIn = (who: keyof typeof signIns) =>
  Effect.map(ask("POST", "/staff/login", "", signIns[who]), ({ body }) => String(body["access_token"]))

/** An alarm as the evaluator or a fact leaves it. */
const alarm = Effect.fnUntraced(function* (code: string, phase: "active" | "latent" | "cleared", under?: number) {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ readonly id: number }>`
    insert into alarms (code, kind, entity_id, chain_id, branch_id, device_id, severity, phase, since, raised_at, received_at,
                        last_at, cleared_at, suppressed_by)
    values (${code}, 'bay', gen_random_uuid(), ${real.chainId}, ${real.branchId}, ${real.deviceId}, 'major', ${phase}, now(),
            case when ${phase} = 'latent' then null else now() end, now(), now(),
            case when ${phase} = 'cleared' then now() end, ${under ?? null})
    returning id`
  return row?.id ?? 0
})

const happened = (answer: Answer) =>
  (
    answer.body["history"] as ReadonlyArray<{ readonly what: string; readonly by: string; readonly detail: unknown }>
  ).map(({ what, by, detail }) => [what, by, detail])

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("what people do about an alarm", (it) => {
  it.effect(
    "they assign, comment, shelve and acknowledge it, and all of it is on its record and in the audit log",
    () =>
      Effect.gen(function* () {
        const token = yield* signIn("manager")
        const { email } = signIns.manager
        const id = yield* alarm("DEVICE_OFFLINE", "active")
        const until = new Date(Date.now() + 3_600_000).toISOString()
        const at = `/alarms/${id}`

        const assigned = yield* ask("POST", `${at}/assign`, token, { assignee: email.toUpperCase() })
        assert.deepInclude(assigned.body, { assignee: email, state: "active_unack" })
        assert.strictEqual((yield* ask("POST", `${at}/assign`, token, { assignee: email })).status, 409)
        assert.strictEqual((yield* ask("POST", `${at}/assign`, token, { assignee: "no@body.example" })).status, 404)
        assert.strictEqual((yield* ask("POST", `${at}/comment`, token, { text: "the plug was out" })).status, 200)
        const shelved = yield* ask("POST", `${at}/shelve`, token, { until, reason: "we rebuild" })
        assert.deepStrictEqual(shelved.body["shelved"], { until, by: email, reason: "we rebuild" })
        assert.isNull((yield* ask("POST", `${at}/unshelve`, token)).body["shelved"])
        assert.deepInclude((yield* ask("POST", `${at}/acknowledge`, token)).body, { state: "active_ack" })
        assert.strictEqual((yield* ask("POST", `${at}/acknowledge`, token)).status, 409)

        assert.deepStrictEqual(happened(yield* ask("GET", at, token)), [
          ["assigned", email, { to: email }],
          ["commented", email, { text: "the plug was out" }],
          ["shelved", email, { until, reason: "we rebuild" }],
          ["unshelved", email, {}],
          ["acknowledged", email, {}],
        ])
        const sql = yield* PgClient.PgClient
        const audited = yield* sql<{ readonly action: string }>`
        select action from audit_log where target_kind = 'alarm' and target_id = ${String(id)} order by id`
        assert.deepStrictEqual(
          audited.map(({ action }) => action),
          ["alarm.assigned", "alarm.commented", "alarm.shelved", "alarm.unshelved", "alarm.acknowledged"],
        )
      }),
  )

  it.effect("one whose condition is still there cannot be closed, but one that only people see end can", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const going = yield* alarm("DEVICE_OFFLINE", "active")
      const refused = yield* ask("POST", `/alarms/${going}/close`, token, { reason: "enough" })
      assert.strictEqual(refused.status, 409)
      assert.deepInclude(refused.body, { type: "urn:cartwise:problem:alarm_not_changed", state: "active_unack" })
      for (const id of [yield* alarm("REMOVED_UNCOMMANDED", "active"), yield* alarm("DEVICE_OFFLINE", "cleared")]) {
        const closed = yield* ask("POST", `/alarms/${id}/close`, token, { reason: "the cart was found" })
        assert.deepInclude(closed.body, { state: "closed" })
        assert.strictEqual((yield* ask("POST", `/alarms/${id}/comment`, token, { text: "x" })).status, 409)
      }
    }),
  )

  it.effect("nothing is shelved into the past, or for longer than a week, or when it is over", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const id = yield* alarm("BUS_DOWN", "active")
      const shelve = (of: number, ms: number) =>
        ask("POST", `/alarms/${of}/shelve`, token, { until: new Date(Date.now() + ms).toISOString(), reason: "x" })
      assert.strictEqual((yield* shelve(id, -1_000)).status, 409)
      const long = yield* shelve(id, 10 * Limits.alarmShelfMaxMs)
      const { until } = long.body["shelved"] as { readonly until: string }
      assert.isAtMost(Date.parse(until), Date.now() + Limits.alarmShelfMaxMs)
      assert.strictEqual((yield* shelve(yield* alarm("BUS_DOWN", "cleared"), 1_000)).status, 409)
      const badly = { until: "2026-13-45T00:00:00Z", reason: "x" }
      assert.strictEqual((yield* ask("POST", `/alarms/${id}/shelve`, token, badly)).status, 400)
    }),
  )

  it.effect("those who only look may not, and one that is no alarm yet is none for anybody", () =>
    Effect.gen(function* () {
      const viewer = yield* signIn("viewer")
      const manager = yield* signIn("manager")
      const id = yield* alarm("DEVICE_OFFLINE", "active")
      const latent = yield* alarm("DEVICE_OFFLINE", "latent")
      const bodies = {
        acknowledge: undefined,
        comment: { text: "x" },
        assign: { assignee: null },
        shelve: { until: new Date(Date.now() + 60_000).toISOString(), reason: "x" },
        unshelve: undefined,
        close: { reason: "x" },
      }
      for (const [deed, body] of Object.entries(bodies)) {
        assert.strictEqual((yield* ask("POST", `/alarms/${id}/${deed}`, viewer, body)).status, 403, deed)
        assert.strictEqual((yield* ask("POST", `/alarms/${latent}/${deed}`, manager, body)).status, 404, deed)
        assert.strictEqual((yield* ask("POST", `/alarms/999999/${deed}`, manager, body)).status, 404, deed)
      }
      assert.strictEqual((yield* ask("GET", `/alarms/${latent}`, manager)).status, 404)
      assert.strictEqual((yield* ask("GET", `/alarms/${id}`, viewer)).status, 200)
    }),
  )

  it.effect("a chain tunes a rule, but not one that a fact raises; who may not, may not", () =>
    Effect.gen(function* () {
      const admin = yield* signIn("admin")
      const tuning = {
        chain_id: real.chainId,
        on: false,
        severity: "minor",
        raise_after_ms: 60_000,
        clear_after_ms: 0,
        reason: "we count by hand",
      }
      const tuned = yield* ask("PUT", "/alarm-rules/LOW_CARTS", admin, tuning)
      assert.deepInclude(tuned.body, { on: false, severity: "minor", raise_after_ms: 60_000, tunable: true })
      assert.deepInclude(tuned.body["tuned"], { by: signIns.admin.email, reason: "we count by hand" })
      assert.strictEqual((yield* ask("PUT", "/alarm-rules/FORCED_OPEN", admin, tuning)).status, 409)
      const late = { ...tuning, raise_after_ms: Limits.alarmDelayMaxMs + 1 }
      assert.strictEqual((yield* ask("PUT", "/alarm-rules/LOW_CARTS", admin, late)).status, 400)
      const nowhere = { ...tuning, chain_id: "00000000-0000-4000-8000-0000000000ff" }
      assert.strictEqual((yield* ask("PUT", "/alarm-rules/LOW_CARTS", admin, nowhere)).status, 404)
      for (const who of ["manager", "viewer"] as const) {
        assert.strictEqual((yield* ask("PUT", "/alarm-rules/LOW_CARTS", yield* signIn(who), tuning)).status, 403)
      }
      const onIn = (chain: string) =>
        Effect.map(ask("GET", `/alarm-rules${chain}`, admin), ({ body }) =>
          (body["items"] as ReadonlyArray<{ readonly code: string; readonly on: boolean }>).flatMap(({ code, on }) =>
            on ? [] : [code],
          ),
        )
      assert.deepStrictEqual(yield* onIn(`?chain_id=${real.chainId}`), ["LOW_CARTS"])
      assert.deepStrictEqual(yield* onIn(`?chain_id=${placesOf(2).chainId}`), [])
      assert.deepStrictEqual(yield* onIn(""), [])
    }),
  )

  it.effect("a list has what is asked for; what another alarm explains says so, and is seen with it", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const sql = yield* PgClient.PgClient
      yield* sql`delete from alarms`
      const cause = yield* alarm("CONTROLLER_SILENT", "active")
      const follows = yield* alarm("LOCK_NO_ANSWER", "active", cause)
      const beginning = yield* alarm("BUS_DOWN", "latent")
      yield* alarm("UNLOCKED_TOO_LONG", "active", beginning)
      yield* sql`update alarms set severity = 'warning' where id = ${follows}`
      const idsIn = (path: string) =>
        Effect.map(ask("GET", path, token), ({ body }) =>
          (body["items"] as ReadonlyArray<{ readonly id: number }>).map(({ id }) => id),
        )
      assert.deepStrictEqual(yield* idsIn("/alarms?state=open"), [follows, cause])
      assert.deepStrictEqual(yield* idsIn("/alarms?severity=warning"), [follows])
      assert.deepStrictEqual(yield* idsIn("/alarms?code=CONTROLLER_SILENT"), [cause])
      assert.deepStrictEqual(yield* idsIn(`/alarms?branch_id=${placesOf(2).branchId}`), [])
      const { body } = yield* ask("GET", `/alarms/${cause}`, token)
      assert.deepStrictEqual(
        (body["explains"] as ReadonlyArray<{ readonly id: number }>).map(({ id }) => id),
        [follows],
      )
      const rules = (yield* ask("GET", "/alarm-rules", token)).body["items"] as ReadonlyArray<object>
      assert.deepInclude(
        rules.find((rule) => "code" in rule && rule.code === "CONTROLLER_SILENT"),
        { raise_after_ms: 10_000, owner: "installer", suppressed_by: ["BUS_DOWN"] },
      )
    }),
  )
})
