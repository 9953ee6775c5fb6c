import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Schema } from "effect"
import { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf, smallRegistry } from "../SmallRegistry.fixture.ts"
import { Passwords } from "../http/Passwords.ts"
import { Twins } from "../store/Twins.ts"
import { RegistryImport } from "./RegistryImport.ts"

const document = Schema.decodeUnknownSync(RegistryDocument)
const Import = RegistryImport.layer.pipe(Layer.provide(Passwords.layer))

const everything = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tables = ["chains", "branches", "devices", "controllers", "bays", "carts", "users", "twins", "twin_events"]
  return yield* Effect.forEach(tables, (table) => sql`select * from ${sql(table)} order by 1, 2`)
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the registry", (it) => {
  it.effect("imported again changes nothing, not even a date or a password hash", () =>
    Effect.gen(function* () {
      const before = yield* everything
      yield* (yield* RegistryImport).run(document(smallRegistry))
      assert.deepStrictEqual(yield* everything, before)
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
