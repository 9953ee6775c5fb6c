import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { isProblem, request } from "../http/Http.fixture.ts"
import type { HttpServer } from "../http/HttpServer.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { newcomer, newNonce, seedBody } from "./Newcomer.fixture.ts"
import { adminToken, claim, devicesThere, forgive, freshMac, granted, joined, register } from "./Registering.fixture.ts"

const real = placesOf(1)
const simulated = placesOf(2)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })(
  "a registration is refused, alike, and nothing is there that was not before",
  (it) => {
    const device = newcomer()
    const mac = () => seedBody(freshMac(), real.branchCode)
    const open = Effect.map(claim(), ({ code }) => code)
    type Made = Effect.Effect<unknown, unknown, HttpServer | PgClient.PgClient>
    const used = Effect.gen(function* () {
      const code = yield* open
      granted(yield* register(newcomer().body(mac(), code)))
      return code
    })
    const withdrawn = Effect.gen(function* () {
      const { id, code } = yield* claim()
      const token = yield* adminToken
      yield* request("DELETE", `/api/devices/claims/${id}`, { token })
      return code
    })
    const expired = Effect.gen(function* () {
      const { id, code } = yield* claim()
      const sql = yield* PgClient.PgClient
      yield* sql`update device_claims set expires_at = now() - interval '1 second' where id = ${id}`
      return code
    })
    const rows: ReadonlyArray<readonly [what: string, body: Made, status: number]> = [
      ["no claim, no key", Effect.sync(() => mac()), 403],
      ["no claim, no key, a branch that is not there", Effect.sync(() => ({ ...mac(), branch_code: "NOWHERE" })), 403],
      ["a key and no claim", Effect.sync(() => device.body(mac(), undefined)), 403],
      ["a claim that never was", Effect.sync(() => device.body(mac(), "00000-00000-00000-00000")), 403],
      ["a claim that is no code", Effect.sync(() => device.body(mac(), "let me in")), 403],
      ["a claim that was used", Effect.map(used, (code) => device.body(mac(), code)), 403],
      ["a claim that was withdrawn", Effect.map(withdrawn, (code) => device.body(mac(), code)), 403],
      ["a claim that is a day old", Effect.map(expired, (code) => device.body(mac(), code)), 403],
      ["a claim without a key", Effect.map(open, (code) => ({ ...mac(), claim_code: code })), 403],
      [
        "a claim of another MAC",
        Effect.map(claim({ mac_address: "0B:00:00:00:00:01" }), ({ code }) => device.body(mac(), code)),
        403,
      ],
      [
        "a claim of another branch",
        Effect.map(claim({ branch_id: simulated.branchId }), ({ code }) => device.body(mac(), code)),
        404,
      ],
      [
        "a claim and a branch that is not there",
        Effect.map(open, (code) => device.body({ ...mac(), branch_code: "NOWHERE" }, code)),
        404,
      ],
      [
        "a signature of another key",
        Effect.map(open, (code) => ({ ...device.body(mac(), code), public_key: newcomer().publicKey })),
        403,
      ],
      [
        "a signature over another claim",
        Effect.gen(function* () {
          return { ...device.body(mac(), yield* open), claim_code: yield* open }
        }),
        403,
      ],
      [
        "a signature over another serial number",
        Effect.map(open, (code) => ({ ...device.body(mac(), code), serial_number: "another" })),
        403,
      ],
      [
        "a signature over another MAC",
        Effect.map(open, (code) => ({ ...device.body(mac(), code), mac_address: freshMac() })),
        403,
      ],
      [
        "a signature over another nonce",
        Effect.map(open, (code) => ({ ...device.body(mac(), code), nonce: newNonce() })),
        403,
      ],
      [
        "a key without a signature",
        Effect.map(open, (code) => {
          const { signature: _, ...body } = device.body(mac(), code)
          return body
        }),
        403,
      ],
      [
        "a proof from too long ago",
        Effect.map(open, (code) => device.body(mac(), code, { ts: Date.now() - Limits.proofSkewMs - 1_000 })),
        403,
      ],
      [
        "a proof from too far ahead",
        Effect.map(open, (code) => device.body(mac(), code, { ts: Date.now() + Limits.proofSkewMs + 1_000 })),
        403,
      ],
      [
        "a nonce that its key has used",
        Effect.gen(function* () {
          const nonce = newNonce()
          const own = newcomer()
          granted(yield* register(own.body(mac(), yield* open, { nonce })))
          return own.body(mac(), yield* open, { nonce })
        }),
        403,
      ],
      [
        "the MAC of a device that has joined, with a claim that does not replace it",
        Effect.gen(function* () {
          const { seed } = yield* joined
          return newcomer().body(seed, yield* open)
        }),
        403,
      ],
      ["the MAC of a device that has joined, without a key", Effect.map(joined, ({ seed }) => seed), 403],
      [
        "the key of a device that has joined, under another MAC",
        Effect.map(joined, ({ device }) => device.body(mac(), undefined)),
        403,
      ],
      [
        "its own key, and another branch",
        Effect.map(joined, ({ device, seed }) =>
          device.body({ ...seed, branch_code: simulated.branchCode }, undefined),
        ),
        403,
      ],
      [
        "a claim that replaces a device, and the MAC of a third",
        Effect.gen(function* () {
          const [one, third] = [yield* joined, yield* joined]
          const { code } = yield* claim({ replaces: one.granted.device_id })
          return newcomer().body(third.seed, code)
        }),
        403,
      ],
      [
        "a claim for a program without keys, and a key",
        Effect.gen(function* () {
          const seed = mac()
          yield* claim({ mac_address: seed.mac_address, keyless: true })
          return newcomer().body(seed, undefined)
        }),
        403,
      ],
      ["no MAC", Effect.sync(() => ({ ...mac(), mac_address: "printer" })), 400],
      ["a body of another shape", Effect.succeed([]), 400],
      ["control characters in its name", Effect.sync(() => ({ ...mac(), device_name: "a\nb" })), 400],
    ]
    for (const [what, making, status] of rows) {
      it.effect(`${what}: ${status}`, () =>
        Effect.gen(function* () {
          yield* forgive
          const body = yield* making
          const before = yield* devicesThere
          const answer = yield* register(body)
          assert.strictEqual(answer.status, status, JSON.stringify(answer.body))
          if (status === 403) {
            const { trace_id: _, instance: __, ...shown } = answer.body
            assert.deepEqual(shown, {
              type: "urn:cartwise:problem:registration_refused",
              status: 403,
              title: "This device may not register: ask for a new claim for it.",
              code: "registration_refused",
            })
          }
          assert.strictEqual(yield* devicesThere, before)
        }),
      )
    }

    it.effect(
      "too many refusals of one address in a minute: 429, also after a restart, because they are counted from rows",
      () =>
        Effect.gen(function* () {
          yield* forgive
          for (let n = 0; n < Limits.registrationsRefusedPerClient; n++) {
            assert.strictEqual((yield* register(mac())).status, 403)
          }
          const answer = yield* register(device.body(mac(), yield* open))
          isProblem(answer, 429, "too_many_requests")
          assert.isAtLeast(Number(answer.body["retry_after_s"]), 1)
          yield* forgive
        }),
    )
  },
)
