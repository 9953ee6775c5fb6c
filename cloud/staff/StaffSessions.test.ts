import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { isProblem, request, signIn, whoIs } from "../http/Http.fixture.ts"
import { idOf, signIns } from "../SmallRegistry.fixture.ts"
import { StaffSessions } from "./StaffSessions.ts"

const viewer = UserId.make(idOf(7, 2))
const refresh = (refresh_token: unknown) => request("POST", "/api/staff/refresh", { body: { refresh_token } })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a session of staff", (it) => {
  it.effect("goes on with the refresh token, which is taken once, under the same name", () =>
    Effect.gen(function* () {
      const first = yield* signIn(signIns.viewer)
      assert.deepInclude(first.body, { token_type: "Bearer", expires_in: 600 })
      const second = yield* refresh(first.body["refresh_token"])
      assert.strictEqual(second.status, 200)
      assert.deepStrictEqual(second.body["user"], first.body["user"])
      assert.notStrictEqual(second.body["refresh_token"], first.body["refresh_token"])
      assert.strictEqual((yield* whoIs(String(second.body["access_token"]))).status, 200)
      isProblem(yield* refresh("x".repeat(43)), 401, "session_over")
    }),
  )

  it.effect("a refresh token that comes again when its successor is in use ends it, for everybody", () =>
    Effect.gen(function* () {
      const stolen = yield* signIn(signIns.viewer)
      const next = yield* refresh(stolen.body["refresh_token"])
      const after = yield* refresh(next.body["refresh_token"])
      assert.strictEqual(after.status, 200)
      isProblem(yield* refresh(stolen.body["refresh_token"]), 401, "session_over")
      isProblem(yield* refresh(after.body["refresh_token"]), 401, "session_over")
      // Its access token is out within seconds too.
      const outside = Effect.repeat(whoIs(String(after.body["access_token"])), {
        until: ({ status }) => status === 401,
      })
      yield* Effect.timeout(outside, 5_000)
    }),
  )

  it.effect("an answer that was lost is no theft: the token may come again at once, and only then", () =>
    Effect.gen(function* () {
      const sessions = yield* StaffSessions
      const { refreshToken, sessionId } = yield* sessions.begin(viewer)
      const lost = yield* sessions.refresh(refreshToken)
      const again = yield* sessions.refresh(refreshToken)
      assert.deepInclude(again, { sessionId })
      assert.strictEqual(yield* sessions.ownerOf(sessionId), viewer)
      // Whoever has the lost answer has it too late.
      assert.isUndefined(yield* sessions.refresh(lost?.refreshToken ?? ""))
      assert.isUndefined(yield* sessions.ownerOf(sessionId))
      const slow = yield* sessions.begin(viewer)
      yield* sessions.refresh(slow.refreshToken)
      assert.isUndefined(yield* later(Limits.refreshAgainMs, sessions.refresh(slow.refreshToken)))
      assert.isUndefined(yield* sessions.ownerOf(slow.sessionId))
    }),
  )

  it.effect("of two who refresh at once with one token at most one goes on in the end", () =>
    Effect.gen(function* () {
      const sessions = yield* StaffSessions
      const { refreshToken } = yield* sessions.begin(viewer)
      const both = yield* Effect.all([sessions.refresh(refreshToken), sessions.refresh(refreshToken)], {
        concurrency: "unbounded",
      })
      const used = yield* Effect.forEach(both, (one) => sessions.refresh(one?.refreshToken ?? ""))
      assert.isAtMost(used.filter((one) => one !== undefined).length, 1)
    }),
  )

  it.effect("ends by itself: after twelve hours without a word, and after a week however busy", () =>
    Effect.gen(function* () {
      const sessions = yield* StaffSessions
      const idle = yield* sessions.begin(viewer)
      assert.isUndefined(yield* later(Limits.staffSessionIdleMs, sessions.refresh(idle.refreshToken)))
      const busy = yield* sessions.begin(viewer)
      let token: string | undefined = busy.refreshToken
      let hours = 0
      while (token !== undefined) {
        hours += 11
        const continued: typeof token | undefined = (yield* later(hours * 3_600_000, sessions.refresh(token)))
          ?.refreshToken
        token = continued
      }
      assert.isAtLeast(hours * 3_600_000, Limits.staffSessionMs)
      assert.isAtMost(hours * 3_600_000, Limits.staffSessionMs + 11 * 3_600_000)
    }),
  )

  it.effect("ends where it is signed out, with its access token, and no other session with it", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* signIn(signIns.viewer), yield* signIn(signIns.viewer)]
      const logout = (token: unknown) => request("POST", "/api/staff/logout", { body: { refresh_token: token } })
      assert.strictEqual((yield* whoIs(String(one.body["access_token"]))).status, 200)
      assert.deepStrictEqual((yield* logout(one.body["refresh_token"])).body, { done: true })
      isProblem(yield* whoIs(String(one.body["access_token"])), 401, "unauthorized")
      isProblem(yield* refresh(one.body["refresh_token"]), 401, "session_over")
      assert.strictEqual((yield* whoIs(String(other.body["access_token"]))).status, 200)
      assert.deepStrictEqual((yield* logout("x".repeat(43))).body, { done: true })
    }),
  )

  it.effect("with another password every other session ends, and the old password lets nobody in", () =>
    Effect.gen(function* () {
      const [here, there] = [yield* signIn(signIns.manager), yield* signIn(signIns.manager)]
      const token = String(here.body["access_token"])
      const change = (body: object) => request("POST", "/api/staff/me/password", { token, body })
      isProblem(yield* change({ password: "wrong", new_password: "another one, longer" }), 401, "sign_in_failed")
      assert.strictEqual((yield* change({ password: signIns.manager.password, new_password: "short" })).status, 400)
      const changed = yield* change({ password: signIns.manager.password, new_password: "another one, longer" })
      assert.deepStrictEqual(changed.body, { done: true })
      assert.strictEqual((yield* whoIs(token)).status, 200)
      isProblem(yield* whoIs(String(there.body["access_token"])), 401, "unauthorized")
      isProblem(yield* signIn(signIns.manager), 401, "sign_in_failed")
      const back = { password: "another one, longer", new_password: signIns.manager.password }
      assert.strictEqual((yield* change(back)).status, 200)
    }),
  )
})
