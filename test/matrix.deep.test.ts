/**
 * The authorisation matrix: every operation of the OpenAPI document, asked with no token, a token of the wrong kind, one that
 * was taken away, a role that does not hold what it asks for, and every role at once in the branch next door and in another
 * chain. Whoever is not let in hears 401, 403 or 404, and nobody ever hears a name of another tenant.
 */
import { randomUUID } from "node:crypto"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import { WebSocket } from "ws"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { AllowedRates } from "#cloud/http/RequestRates.ts"
import { Tokens } from "#cloud/http/Tokens.ts"
import { ShopperTokens } from "#cloud/otp/ShopperTokens.ts"
import { idOf, placesOf, smallRegistry } from "#cloud/SmallRegistry.fixture.ts"
import { acrossTenants } from "#cloud/store/Tenants.ts"
import { StaffRole } from "#core/access/Capability.ts"
import { holds, type Capability } from "#core/access/Capability.ts"
import { ShopperId, UserId } from "#core/domain/Ids.ts"
import { matrix, type Named } from "./matrix/Matrix.ts"
import { type Operation, operations } from "./fuzz/Operation.ts"
import { valid } from "./fuzz/Valid.ts"

const seed = 4
const home = placesOf(1)
/** Stands in every name at home, and in none elsewhere. */
const canary = "kanarienvogel"

const [chain] = smallRegistry.chains
const nextDoor = {
  ...chain,
  branches: [
    ...(chain?.branches ?? []).map((branch) => ({
      ...branch,
      name: `Branch ${canary}`,
      devices: branch.devices.map((device) => ({
        ...device,
        device_name: `Device ${canary}`,
        controllers: device.controllers.map((controller) => ({
          ...controller,
          bays: controller.bays.map((bay, n) => ({
            ...bay,
            label: `${canary} ${n}`,
            cart: bay.cart && { ...bay.cart, cart_number: `${canary} ${n}` },
          })),
        })),
      })),
    })),
    { ...chain?.branches[0], id: idOf(2, 11), name: "Next door", branch_code: "B-11", devices: [] },
  ],
}
const registryFile = path.join(mkdtempSync(path.join(tmpdir(), "cartwise-matrix-")), "registry.json")
writeFileSync(registryFile, JSON.stringify({ ...smallRegistry, chains: [nextDoor, smallRegistry.chains[1]] }))

/** Who asks: roles and where they are held. */
interface Actor {
  readonly id: string
  readonly roles: ReadonlyArray<StaffRole>
  readonly chainId: string | null
  readonly branchId: string | null
  readonly active: boolean
}
const actor = (n: number, roles: Actor["roles"], chainId: string | null, branchId: string | null, active = true) => ({
  id: idOf(7, n),
  roles,
  chainId,
  branchId,
  active,
})
const everyRole = StaffRole.literals
const actors = {
  platform: actor(50, everyRole, null, null),
  elsewhere: actor(51, everyRole, placesOf(2).chainId, null),
  nextDoor: actor(52, everyRole, home.chainId, idOf(2, 11)),
  revoked: actor(53, everyRole, null, null, false),
}
const ofRole = new Map(everyRole.map((role, n) => [role, actor(60 + n, [role], home.chainId, null)]))

const tokenOf = ({ id }: Actor) => Effect.flatMap(Tokens, (tokens) => tokens.issue(UserId.make(id)))
const shopperId = idOf(9, 1)
const rentalId = idOf(9, 2)
const zoneId = idOf(9, 3)
const commandId = idOf(8, 1)

/** People, and at home a shopper, a rental, a command, a zone, a divergence and an alarm. */
const furnished = acrossTenants(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    for (const one of [...Object.values(actors), ...ofRole.values()]) {
      yield* sql`
        insert into users (id, email, name, password_hash, active)
        values (${one.id}, ${`${one.id}@cartwise.example`}, 'Somebody', 'x', ${one.active})`
      for (const role of one.roles) {
        yield* sql`
          insert into grants (user_id, role, chain_id, branch_id, granted_by)
          values (${one.id}, ${role}, ${one.chainId}, ${one.branchId}, 'test')`
      }
    }
    const { chainId, branchId, deviceId, bayIds } = home
    yield* sql`
      insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
      values (${shopperId}, ${chainId}, 'n', 's', ${canary}, 'he', now(), now())`
    yield* sql`
      insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
      values (${rentalId}, ${chainId}, ${branchId}, ${shopperId}, 'active', true, now(), now())`
    yield* sql`
      insert into commands (id, kind, target_kind, target_id, device_id, epoch, stage, requested_by, requested_reason,
                            created_at, expires_at, updated_at)
      values (${commandId}, 'identify', 'bay', ${bayIds[0]}, ${deviceId}, 1, 'expired', ${canary}, ${canary}, now(), now(), now())`
    yield* sql`
      insert into zones (id, chain_id, branch_id, name) values (${zoneId}, ${chainId}, ${branchId}, ${canary})`
    const [divergence] = yield* sql<{ readonly id: number }>`
      insert into divergences (device_id, kind, twin_id, rule, event, expected, reported)
      values (${deviceId}, 'bay', ${bayIds[0]}, 'fact_replaces_mirror', 'null', ${sql.json(canary)}, ${sql.json(canary)})
      returning id`
    const [alarm] = yield* sql<{ readonly id: number }>`
      insert into alarms (code, kind, entity_id, device_id, chain_id, branch_id, severity, phase, since, raised_at,
                          received_at, last_at)
      values ('LOCK_JAMMED', 'bay', ${bayIds[0]}, ${deviceId}, ${chainId}, ${branchId}, 'major', 'active', now(), now(),
              now(), now())
      returning id`
    const [came] = yield* sql<{ readonly id: string }>`
      insert into returns (chain_id, branch_id, bay_id, bay_revision, at, state)
      values (${chainId}, ${branchId}, ${bayIds[0]}, 1, now(), 'open') returning id`
    return { return: String(came?.id), divergence: String(divergence?.id), alarm: String(alarm?.id) }
  }),
)

const one = <A>(arbitrary: fc.Arbitrary<A>): A | undefined => fc.sample(arbitrary, { numRuns: 1, seed })[0]

const pathWords: Readonly<Record<string, string>> = {
  kind: "bay",
  verb: "take",
  code: "LOCK_JAMMED",
  branch_id: home.branchId,
}

/** Texts that a schema asks more of than its document can say. */
const words: Readonly<Record<string, string>> = {
  timezone: "Asia/Jerusalem",
  reason: "the matrix asks",
  assignee: "somebody@cartwise.example",
}

/** A body that the operation takes. */
const bodyFor = (schema: NonNullable<Operation["body"]>) => {
  const made = Object.entries(Object(one(valid(schema, "body", new Map()))))
  return JSON.stringify(Object.fromEntries(made.map(([name, value]) => [name, words[name] ?? value])))
}

/** The operation about what stands at home, as it should be asked. */
const requestFor = ({ method, path: pattern, parameters, body }: Operation, id: string) => {
  const piece = (name: string) => (name === "id" ? id : (pathWords[name] ?? randomUUID()))
  const url = pattern.replaceAll(/\{(\w+)\}/gu, (_, name: string) => piece(name))
  const query = parameters
    .filter(({ in: where, required }) => where === "query" && required === true)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(one(valid(schema, name, new Map()))))}`)
  const sent = body === undefined || method === "GET" ? undefined : bodyFor(body)
  const headers = { ...(sent === undefined ? {} : { "content-type": "application/json" }), "if-match": '"1"' }
  return { method, url: query.length === 0 ? url : `${url}?${query.join("&")}`, headers, body: sent }
}

const send = Effect.fnUntraced(function* (request: ReturnType<typeof requestFor>, token: string | undefined) {
  const { url } = yield* HttpServer
  const { method, headers, body } = request
  const init = {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
  }
  return yield* Effect.promise(async () => {
    const response = await fetch(url + request.url, init)
    return { status: response.status, text: await response.text() }
  })
})

const nameOf = ({ method, path: pattern }: Operation) => `${method} ${pattern}`

let rows: { readonly divergence: string; readonly alarm: string; readonly return: string } | undefined
const idAtHome = (named: Named): string =>
  ({
    chain: home.chainId,
    branch: home.branchId,
    device: home.deviceId,
    controller: home.controllerId,
    bay: home.bayIds[0],
    cart: home.cartIds[0],
    command: commandId,
    rental: rentalId,
    return: rows?.return ?? randomUUID(),
    zone: zoneId,
    divergence: rows?.divergence ?? "0",
    alarm: rows?.alarm ?? "0",
    nothing: randomUUID(),
  })[named]

/** What the live stream says to whoever subscribes to everything. */
const streamed = Effect.fnUntraced(function* (token: string) {
  const { url } = yield* HttpServer
  return yield* Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(`${url.replace("http", "ws")}/api/live`)
        let heard = ""
        socket.on("error", reject)
        socket.on("close", () => resolve(heard))
        socket.on("open", () => socket.send(JSON.stringify({ type: "authenticate", access_token: token })))
        socket.on("message", (data: Buffer) => {
          const text = data.toString()
          heard += text
          const { type } = JSON.parse(text) as { readonly type: string }
          const to = { scope: "all" }
          if (type === "ready") socket.send(JSON.stringify({ type: "subscribe", subscription: "s", to }))
          if (type === "snapshot") socket.close()
        })
      }),
  )
})

/** The matrix asks faster than anybody may. */
const unhurried = { perSecond: 1e6, burst: 1e6 }
const rates = { person: unhurried, shopper: unhurried, device: unhurried, address: unhurried, refusals: unhurried }
const cloud = testCloud({ REGISTRY_FILE: registryFile }).pipe(Layer.provide(Layer.succeed(AllowedRates, rates)))

layer(cloud, { excludeTestServices: true, timeout: 120_000 })("the authorisation matrix", (it) => {
  it.effect("has a line for every operation, and no line for one that is gone", () =>
    Effect.gen(function* () {
      rows = yield* furnished
      const known = operations.map(nameOf)
      const missing = known.filter((name) => !matrix.has(name))
      assert.deepStrictEqual(missing, [], "give these a line in test/matrix/Matrix.ts")
      const gone = [...matrix.keys()].filter((name) => !known.includes(name))
      assert.deepStrictEqual(gone, [], "take these out of test/matrix/Matrix.ts")
    }),
  )

  for (const operation of operations) {
    const line = matrix.get(nameOf(operation))
    if (line === undefined || line.bearer === "nobody") continue
    const { bearer, named, capabilities } = line

    it.effect(
      `${nameOf(operation)} lets in nobody without a token, with one of another kind, or with one taken away`,
      () =>
        Effect.gen(function* () {
          const request = requestFor(operation, idAtHome(named))
          const { token: shopper } = yield* (yield* ShopperTokens).issue(ShopperId.make(shopperId), "own_phone")
          const wrong = bearer === "staff" ? shopper : yield* tokenOf(actors.platform)
          for (const token of [undefined, "not.a.token", wrong, yield* tokenOf(actors.revoked)]) {
            const { status, text } = yield* send(request, token)
            assert.strictEqual(status, 401, text)
            assert.notInclude(text, canary)
          }
        }),
    )
    if (bearer !== "staff") continue

    const lower = everyRole.find((role) => !capabilities.some((one) => holds(role, one as Capability)))
    if (capabilities.length > 0 && lower !== undefined) {
      it.effect(`${nameOf(operation)} refuses a ${lower}, who does not hold ${capabilities.join(" or ")}`, () =>
        Effect.gen(function* () {
          const asker = ofRole.get(lower) ?? assert.fail()
          const { status, text } = yield* send(requestFor(operation, idAtHome(named)), yield* tokenOf(asker))
          assert.strictEqual(status, 403, text)
          assert.notInclude(text, canary)
        }),
      )
    }

    it.effect(
      `${nameOf(operation)} shows and does nothing at home for whoever holds every role next door or elsewhere`,
      () =>
        Effect.gen(function* () {
          for (const who of ["nextDoor", "elsewhere"] as const) {
            const { status, text } = yield* send(requestFor(operation, idAtHome(named)), yield* tokenOf(actors[who]))
            // Whoever works in a branch knows what chain it is of.
            const isKnown = named === "chain" && who === "nextDoor" && operation.method === "GET"
            if (named === "nothing" || isKnown) assert.isBelow(status, 500, text)
            else assert.include([403, 404], status, `${who}: ${text}`)
            assert.notInclude(text, canary, who)
          }
        }),
    )
  }

  it.effect("asks of each operation what its document says", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer
      const response = yield* Effect.promise(() => fetch(`${url}/api/openapi.json`))
      const document = (yield* Effect.promise(() => response.json())) as {
        readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
      }
      for (const [name, { bearer, capabilities }] of matrix) {
        const [method = "", pattern = ""] = name.split(" ")
        const said = document.paths[pattern]?.[method.toLowerCase()]
        if (bearer === "staff") assert.deepStrictEqual(said?.["x-capabilities"] ?? [], capabilities, name)
      }
    }),
  )

  it.effect("is asked by people who do hear of home when they may: the names are there to be heard", () =>
    Effect.gen(function* () {
      const token = yield* tokenOf(actors.platform)
      for (const at of [`/api/branches`, `/api/devices`, `/api/branches/${home.branchId}/carts`, `/api/commands`]) {
        const { text } = yield* send({ method: "GET", url: at, headers: { "if-match": "" }, body: undefined }, token)
        assert.include(text, canary, at)
      }
      assert.include(yield* streamed(token), canary)
    }),
  )

  it.effect("the live stream and the metrics tell nobody next door or elsewhere of home", () =>
    Effect.gen(function* () {
      for (const who of ["nextDoor", "elsewhere"] as const) {
        const token = yield* tokenOf(actors[who])
        const heard = yield* streamed(token)
        assert.include(heard, "snapshot")
        assert.notInclude(heard, canary, who)
        const metrics = { method: "GET", url: "/metrics", headers: { "if-match": "" }, body: undefined }
        const { status, text } = yield* send(metrics, token)
        assert.strictEqual(status, 403)
        assert.notInclude(text, canary)
      }
    }),
  )
})
