import { assert, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { isProblem, request, signIn, tokenOf, whoIs } from "../http/Http.fixture.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("people and what they were given", (it) => {
  const [real, sim] = [placesOf(1), placesOf(2)]
  let known: string | undefined
  const admin = Effect.suspend(() => (known === undefined ? tokenOf(signIns.admin) : Effect.succeed(known))).pipe(
    Effect.tap((token) => Effect.sync(() => (known = token))),
  )
  const call = (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, token: string, body?: unknown) =>
    request(method, path, body === undefined ? { token } : { token, body })
  const password = "a password of some length"

  /** Names somebody and lets that person set a password; gives the id and a way to sign in. */
  const person = Effect.fnUntraced(function* (email: string, ...grants: ReadonlyArray<object>) {
    const by = yield* admin
    const made = yield* call("POST", "/api/users", by, { email, name: email.split("@")[0], grants })
    assert.strictEqual(made.status, 200, JSON.stringify(made.body))
    const { token } = made.body["invitation"] as { token: string }
    const accepted = yield* request("POST", "/api/staff/invitations/accept", { body: { token, password } })
    assert.deepStrictEqual(accepted.body, { done: true })
    const { id } = made.body["user"] as { id: string }
    return { id, token: yield* tokenOf({ email, password }) }
  })
  const at = (role: string, chain_id: string | null = null, branch_id: string | null = null) => ({
    role,
    chain_id,
    branch_id,
  })

  it.effect("an invitation sets a password once, and a newer one ends it", () =>
    Effect.gen(function* () {
      const by = yield* admin
      const body = { email: "new@cartwise.example", name: "New", grants: [at("viewer", real.chainId)] }
      const made = yield* call("POST", "/api/users", by, body)
      const { id } = made.body["user"] as { id: string }
      isProblem(yield* signIn({ email: body.email, password }), 401, "sign_in_failed")
      const newer = yield* call("POST", `/api/users/${id}/invitations`, by)
      const accept = (token: unknown) => request("POST", "/api/staff/invitations/accept", { body: { token, password } })
      isProblem(yield* accept((made.body["invitation"] as { token: string }).token), 401, "invitation_over")
      assert.strictEqual((yield* accept(newer.body["token"])).status, 200)
      isProblem(yield* accept(newer.body["token"]), 401, "invitation_over")
      assert.strictEqual((yield* signIn({ email: body.email, password })).status, 200)
      isProblem(yield* call("POST", "/api/users", by, { ...body, email: "NEW@cartwise.example" }), 409, "email_taken")
    }),
  )

  it.effect("a grant counts at its place alone, and within seconds no longer when it is taken", () =>
    Effect.gen(function* () {
      const by = yield* admin
      const { id, token } = yield* person("attendant@cartwise.example", at("attendant", real.chainId, real.branchId))
      const unlock = (cart: string | undefined) => call("POST", `/api/carts/${cart}/unlock`, token, { reason: "x" })
      assert.deepInclude((yield* unlock(real.cartIds[0])).body, { status: 409, reason: "device_offline" })
      isProblem(yield* unlock(sim.cartIds[0]), 404, "not_found")
      isProblem(yield* call("GET", "/api/users", token), 403, "forbidden")
      const { grants } = (yield* call("GET", `/api/users/${id}`, by)).body as { grants: ReadonlyArray<{ id: string }> }
      const taken = yield* call("DELETE", `/api/users/${id}/grants/${grants[0]?.id}`, by)
      assert.deepStrictEqual(taken.body["grants"], [])
      isProblem(yield* unlock(real.cartIds[0]), 403, "forbidden")
    }),
  )

  it.effect("a grant with an end holds until then, and an installer has always one", () =>
    Effect.gen(function* () {
      const by = yield* admin
      const { id, token } = yield* person("installer@cartwise.example", at("viewer", real.chainId))
      const give = (grant: object) => call("POST", `/api/users/${id}/grants`, by, grant)
      assert.deepInclude((yield* give(at("installer", real.chainId))).body, { status: 409, reason: "needs_end" })
      const past = new Date((yield* Clock.currentTimeMillis) - 1_000).toISOString()
      const passed = yield* give({ ...at("installer", real.chainId), expires_at: past })
      assert.deepInclude(passed.body, { status: 409, reason: "end_passed" })
      const foreign = yield* give(at("viewer", real.chainId, sim.branchId))
      assert.deepInclude(foreign.body, { status: 409, reason: "no_such_place" })
      const soon = new Date((yield* Clock.currentTimeMillis) + 400).toISOString()
      assert.strictEqual((yield* give({ ...at("installer", real.chainId), expires_at: soon })).status, 200)
      const reboot = call("POST", `/api/devices/${real.deviceId}/commands`, token, {
        kind: "reboot",
        when: "now",
        reason: "x",
      })
      assert.deepInclude((yield* reboot).body, { reason: "device_offline" })
      yield* Effect.timeout(Effect.repeat(reboot, { until: ({ status }) => status === 403 }), 5_000)
    }),
  )

  it.effect("nobody gives more than he may, nor elsewhere, nor changes somebody above himself", () =>
    Effect.gen(function* () {
      const boss = yield* person("boss@cartwise.example", at("chain_admin", real.chainId))
      const branch = yield* person("branch@cartwise.example", at("branch_manager", real.chainId, real.branchId))
      const above = yield* person("above@cartwise.example", at("platform_admin"), at("viewer", real.chainId))
      const beside = yield* person("beside@cartwise.example", at("chain_admin", sim.chainId))
      const create = (token: string, email: string, grant: object) =>
        call("POST", "/api/users", token, { email, name: "Somebody", grants: [grant] })
      for (const [who, grant] of [
        [boss, at("platform_admin")],
        [boss, at("viewer")],
        [boss, at("support", real.chainId)],
        [boss, at("installer", real.chainId)],
        [boss, at("chain_admin", sim.chainId)],
        [boss, at("attendant", sim.chainId, sim.branchId)],
        [branch, at("branch_manager", real.chainId, real.branchId)],
        [branch, at("attendant", real.chainId)],
        [branch, at("attendant", sim.chainId, sim.branchId)],
      ] as const) {
        isProblem(yield* create(who.token, "refused@cartwise.example", grant), 403, "forbidden")
      }
      assert.strictEqual((yield* create(boss.token, "b@cartwise.example", at("auditor", real.chainId))).status, 200)
      const hired = at("attendant", real.chainId, real.branchId)
      assert.strictEqual((yield* create(branch.token, "c@cartwise.example", hired)).status, 200)
      // The one above holds something in the chain too: he is seen there, and only that of him.
      const seen = yield* call("GET", `/api/users/${above.id}`, boss.token)
      assert.deepInclude(seen.body, { hidden_grants: 1, may_change: false })
      assert.lengthOf(seen.body["grants"] as Array<unknown>, 1)
      for (const [method, path, body] of [
        ["PATCH", `/api/users/${above.id}`, { active: false }],
        ["PATCH", `/api/users/${above.id}`, { name: "Mine" }],
        ["DELETE", `/api/users/${above.id}`, undefined],
        ["POST", `/api/users/${above.id}/invitations`, undefined],
        ["DELETE", `/api/users/${above.id}/second-factor`, undefined],
      ] as const) {
        isProblem(yield* call(method, path, boss.token, body), 403, "forbidden")
      }
      isProblem(yield* call("GET", `/api/users/${beside.id}`, boss.token), 404, "not_found")
      isProblem(yield* call("DELETE", `/api/users/${beside.id}`, boss.token), 404, "not_found")
      const list = yield* call("GET", "/api/users?limit=1000", boss.token)
      const emails = (list.body["items"] as Array<{ email: string }>).map(({ email }) => email)
      assert.includeMembers(emails, ["boss@cartwise.example", "above@cartwise.example", "c@cartwise.example"])
      assert.notInclude(emails, "beside@cartwise.example")
      assert.notInclude(JSON.stringify(list.body), sim.chainId)
    }),
  )

  it.effect("whoever is barred is out at once and cannot come in, and may be let in again", () =>
    Effect.gen(function* () {
      const by = yield* admin
      const fresh = { email: "barred@cartwise.example", password }
      const { id, token } = yield* person(fresh.email, at("viewer", real.chainId))
      assert.deepInclude((yield* call("DELETE", `/api/users/${id}`, by)).body, { active: false })
      isProblem(yield* whoIs(token), 401, "unauthorized")
      isProblem(yield* signIn(fresh), 401, "sign_in_failed")
      assert.deepInclude((yield* call("PATCH", `/api/users/${id}`, by, { active: true })).body, { active: true })
      assert.strictEqual((yield* signIn(fresh)).status, 200)
      isProblem(yield* whoIs(token), 401, "unauthorized")
    }),
  )

  it.effect("every deed is in the audit log of the chain it is about, and reads back", () =>
    Effect.gen(function* () {
      const auditor = yield* person("auditor@cartwise.example", at("auditor", real.chainId))
      const { body } = yield* call("GET", "/api/audit?action=grant&limit=1000", auditor.token)
      const items = body["items"] as Array<Record<string, unknown>>
      assert.isAbove(items.length, 3)
      assert.isTrue(items.every(({ chain_id }) => chain_id === real.chainId))
      assert.deepInclude(items[0], {
        action: "grant.given",
        actor: idOf(7, 3),
        actor_name: "Admin",
        target_kind: "user",
        target_id: auditor.id,
      })
      assert.deepInclude(items[0]?.["details"], { role: "auditor" })
      assert.notInclude(JSON.stringify(body), "@")
      const verdict = yield* call("GET", `/api/audit/verify?chain_id=${real.chainId}`, auditor.token)
      assert.deepInclude(verdict.body, { intact: true, broken: null })
      isProblem(yield* call("GET", `/api/audit/verify?chain_id=${sim.chainId}`, auditor.token), 404, "not_found")
      isProblem(yield* call("GET", "/api/audit/verify", auditor.token), 404, "not_found")
    }),
  )

  it.effect("the last administrator of the platform stays", () =>
    Effect.gen(function* () {
      const by = yield* admin
      const list = yield* call("GET", "/api/users?role=platform_admin&limit=1000", by)
      const admins = list.body["items"] as Array<{ id: string; grants: Array<{ id: string; role: string }> }>
      const grantOf = (one: (typeof admins)[number]) => one.grants.find(({ role }) => role === "platform_admin")?.id
      const own = admins.find(({ id }) => id === idOf(7, 3)) ?? assert.fail()
      for (const other of admins.filter((one) => one !== own)) {
        assert.strictEqual((yield* call("DELETE", `/api/users/${other.id}/grants/${grantOf(other)}`, by)).status, 200)
      }
      const end = new Date((yield* Clock.currentTimeMillis) + 3_600_000).toISOString()
      for (const [method, path, body] of [
        ["DELETE", `/api/users/${own.id}/grants/${grantOf(own)}`, undefined],
        ["DELETE", `/api/users/${own.id}`, undefined],
        ["PATCH", `/api/users/${own.id}`, { active: false }],
        ["POST", `/api/users/${own.id}/grants`, { ...at("platform_admin"), expires_at: end }],
      ] as const) {
        const refused = yield* call(method, path, by, body)
        assert.deepInclude(refused.body, { status: 409, reason: "last_admin" }, `${method} ${path}`)
      }
      assert.strictEqual((yield* call("GET", "/api/users", by)).status, 200)
      const second = yield* person("second@cartwise.example", at("platform_admin"))
      // Each takes the other one away, at the same moment: one of them stays.
      const both = yield* Effect.all(
        [call("DELETE", `/api/users/${own.id}`, second.token), call("DELETE", `/api/users/${second.id}`, by)],
        { concurrency: "unbounded" },
      )
      assert.lengthOf(
        both.filter(({ status }) => status === 200),
        1,
      )
    }),
  )
})
