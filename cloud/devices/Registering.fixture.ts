/** What tests of registration do again and again, in the real branch of the small registry. */
import { assert } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import { RegisteredDevice } from "#core/api/DeviceIdentity.ts"
import { type Answer, request, tokenOf } from "../http/Http.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { newcomer, seedBody } from "./Newcomer.fixture.ts"

const real = placesOf(1)
let made = 0
/** A MAC that nobody has. */
export const freshMac = () => `0A:00:00:00:00:${(++made).toString(16).toUpperCase().padStart(2, "0")}`

/** Asks to be let in. */
export const register = (body: unknown, headers: object = {}) =>
  request("POST", "/api/devices/register", { body, headers })
const signedIn = new Map<string, string>()
/** Signing in often is a thing of its own. */
export const adminToken = Effect.gen(function* () {
  const { url } = yield* HttpServer
  const token = signedIn.get(url) ?? (yield* tokenOf(signIns.admin))
  signedIn.set(url, token)
  return token
})
/** A claim for the real branch. */
export const claim = Effect.fnUntraced(function* (more: object = {}) {
  const token = yield* adminToken
  const body = { branch_id: real.branchId, ...more }
  const answer = yield* request("POST", "/api/devices/claims", { token, body })
  assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
  return { id: String(answer.body["id"]), code: String(answer.body["claim_code"]) }
})
/** What a device was let in with. */
export const granted = (answer: Answer): RegisteredDevice => {
  assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
  return Schema.decodeUnknownSync(RegisteredDevice)(answer.body)
}
/** Refused tries of this machine are forgotten, so that the next test may try. */
export const forgive = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`delete from registration_tries`
})
/** How many devices there are. */
export const devicesThere = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ readonly count: number }>`select count(*) as count from devices`
  return row?.count ?? 0
})
/** A device that has joined the real branch with a claim. */
export const joined = Effect.gen(function* () {
  const device = newcomer()
  const seed = seedBody(freshMac(), real.branchCode)
  const { code } = yield* claim()
  return { device, seed, granted: granted(yield* register(device.body(seed, code))) }
})
