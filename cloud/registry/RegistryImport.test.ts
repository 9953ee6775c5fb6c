import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Schema } from "effect"
import { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf, smallRegistry } from "../SmallRegistry.fixture.ts"
import { Placements } from "../config/Placements.ts"
import { Passwords } from "../http/Passwords.ts"
import { asOwner } from "../store/Tenants.ts"
import { Twins } from "../store/Twins.ts"
import { RegistryImport } from "./RegistryImport.ts"

const document = Schema.decodeUnknownSync(RegistryDocument)
const Import = RegistryImport.layer.pipe(Layer.provide(Passwords.layer))

const everything = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tables = ["chains", "branches", "devices", "controllers", "bays", "carts", "users", "twins", "twin_events"]
  return yield* Effect.forEach(tables, (table) => sql`select * from ${sql(table)} order by 1, 2`)
}).pipe(asOwner)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the registry", (it) => {
  it.effect("imported again changes nothing, not even a date or a password hash", () =>
    Effect.gen(function* () {
      const before = yield* everything
      yield* (yield* RegistryImport).run(document(smallRegistry))
      assert.deepStrictEqual(yield* everything, before)
    }).pipe(Effect.provide(Import)),
  )

  it.effect("gives nobody back the role or the password that a person has taken or set since", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const passwords = yield* Passwords
      const { run } = yield* RegistryImport
      const [user = assert.fail()] = smallRegistry.users
      const own = yield* passwords.hash("a password of one's own")
      yield* sql`delete from grants where user_id = ${user.id}`
      yield* sql`update users set password_hash = ${own} where id = ${user.id}`
      yield* run(document(smallRegistry))
      const held = sql<{ readonly role: string }>`select role from grants where user_id = ${user.id} order by role`
      const stored = sql<{ readonly password_hash: string }>`select password_hash from users where id = ${user.id}`
      assert.deepStrictEqual(yield* held, [])
      assert.deepStrictEqual(yield* stored, [{ password_hash: own }])
      // What the file says anew is new: the role comes in place of the one that it gave, beside what people gave.
      yield* sql`
        insert into grants (user_id, role, granted_by) values (${user.id}, 'viewer', 'somebody'), (${user.id}, 'support', 'registry')`
      const others = smallRegistry.users.slice(1)
      yield* run(
        document({ ...smallRegistry, users: [{ ...user, role: "attendant", password: "another one" }, ...others] }),
      )
      assert.deepStrictEqual(yield* held, [{ role: "attendant" }, { role: "viewer" }])
      const [{ password_hash } = assert.fail()] = yield* stored
      assert.isTrue(yield* passwords.verify("another one", password_hash))
      yield* run(document(smallRegistry))
    }).pipe(Effect.provide(Import), Effect.provide(Passwords.layer)),
  )

  it.effect("takes nothing back that a person has renamed since, until its own word changes", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { run } = yield* RegistryImport
      const { chainId, branchId, deviceId, controllerId, bayIds, cartIds } = placesOf(1)
      yield* sql`update chains set name = 'Renamed' where id = ${chainId}`
      yield* sql`update branches set name = 'Renamed' where id = ${branchId}`
      yield* sql`update devices set device_name = 'Renamed' where id = ${deviceId}`
      yield* sql`update controllers set controller_address = 7 where id = ${controllerId}`
      yield* sql`update bays set lock_index = 9 where id = ${bayIds[0]}`
      yield* sql`update carts set cart_number = 'Renamed' where id = ${cartIds[0]}`
      yield* run(document(smallRegistry))
      const names = sql<{ readonly names: ReadonlyArray<unknown> }>`
        select jsonb_build_array(c.name, b.name, d.device_name, k.controller_address, y.lock_index, t.cart_number, w.label)
          as names
        from chains c, branches b, devices d, controllers k, bays y, carts t, twins w
        where c.id = ${chainId} and b.id = ${branchId} and d.id = ${deviceId} and k.id = ${controllerId}
          and y.id = ${bayIds[0]} and t.id = ${cartIds[0]} and w.kind = 'controller' and w.id = ${controllerId}`
      const renamed = ["Renamed", "Renamed", "Renamed", 7, 9, "Renamed", "Board 7"]
      assert.deepStrictEqual((yield* names)[0]?.names, renamed)
      const text = JSON.stringify(smallRegistry).replace('"Branch 1"', '"Branch one"')
      yield* run(document(JSON.parse(text)))
      assert.deepStrictEqual((yield* names)[0]?.names, renamed.with(1, "Branch one"))
      // The file as it was says something new again, of the branch only.
      yield* run(document(smallRegistry))
      assert.deepStrictEqual((yield* names)[0]?.names, renamed.with(1, "Branch 1"))
    }).pipe(Effect.provide(Import)),
  )

  it.effect("moves two carts into each other's bays, and both hear of it", () =>
    Effect.gen(function* () {
      const { cartIds, bayIds } = placesOf(1)
      const text = JSON.stringify(smallRegistry)
      const [one, other] = [`"id":"${cartIds[0]}","cart_number":"A-1"`, `"id":"${cartIds[1]}","cart_number":"A-2"`]
      const swapped = text.replace(one, "#").replace(other, one).replace("#", other)
      yield* (yield* RegistryImport).run(document(JSON.parse(swapped)))
      const twins = yield* Twins
      const batch = yield* twins.hold([
        { kind: "cart", id: cartIds[0] },
        { kind: "cart", id: cartIds[1] },
      ])
      assert.deepStrictEqual(
        batch.all().map(({ stored }) => stored.context["bay"]),
        [bayIds[1], bayIds[0]],
      )
    }).pipe(Effect.provide(Import)),
  )

  const placesOfCarts = Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<{ id: string; bay_id: string | null }>`select id, bay_id from carts order by id`
    return new Map(rows.map(({ id, bay_id }) => [id, bay_id]))
  })

  it.effect("leaves a cart where a person has put it, until its own word about that cart changes", () =>
    Effect.gen(function* () {
      const { cartIds, bayIds } = placesOf(2)
      const registry = yield* RegistryImport
      const placements = yield* Placements
      // The file with the first bay of the simulated chain empty, its cart in the second, and the other cart nowhere.
      const text = JSON.stringify(smallRegistry)
      const [one, other] = [`{"id":"${cartIds[0]}","cart_number":"S-1"}`, `{"id":"${cartIds[1]}","cart_number":"S-2"}`]
      const sql = yield* PgClient.PgClient
      yield* sql`update carts set bay_id = null, registry_bay_id = null where id = ${cartIds[1]}`
      const why = { by: "a person", reason: "it stands there" }
      assert.strictEqual((yield* placements.move({ cartId: cartIds[0], bayId: bayIds[1] }, why)).was, "moved")
      const alone = text.replace(other, "null")
      yield* registry.run(document(JSON.parse(alone)))
      assert.strictEqual((yield* placesOfCarts).get(cartIds[0]), bayIds[1])
      // The second cart is in the file again, but its bay is taken: it waits, and takes its place when that is free.
      yield* registry.run(document(JSON.parse(text)))
      assert.isNull((yield* placesOfCarts).get(cartIds[1]) ?? null)
      yield* placements.move({ cartId: cartIds[0], bayId: bayIds[0] }, why)
      yield* registry.run(document(JSON.parse(text)))
      const places = yield* placesOfCarts
      assert.deepStrictEqual([places.get(cartIds[0]), places.get(cartIds[1])], [bayIds[0], bayIds[1]])
      const swapped = text.replace(one, "#").replace(other, one).replace("#", other)
      yield* registry.run(document(JSON.parse(swapped)))
      const after = yield* placesOfCarts
      assert.deepStrictEqual([after.get(cartIds[0]), after.get(cartIds[1])], [bayIds[1], bayIds[0]])
    }).pipe(Effect.provide(Import)),
  )

  it.effect("that does not hold together leaves everything as it was", () =>
    Effect.gen(function* () {
      const before = yield* everything
      const text = JSON.stringify(smallRegistry).replaceAll("02:00:00:00:00:02", "02:00:00:00:00:01")
      const failed = yield* Effect.flip((yield* RegistryImport).run(document(JSON.parse(text))))
      assert.strictEqual(failed.reason._tag, "UniqueViolation")
      assert.deepStrictEqual(yield* everything, before)
    }).pipe(Effect.provide(Import)),
  )
})
