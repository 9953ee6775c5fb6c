/** The stand-ins of the deterministic simulation, held against the same contracts as what they stand for. */
import { afterEach, assert, describe, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"
import { placesOf } from "#cloud/SmallRegistry.fixture.ts"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { openDisk } from "#edge/journal/Disk.ts"
import { makeMemoryDisk } from "#edge/journal/MemoryDisk.ts"
import { brokerContract } from "./dst/Broker.contract.ts"
import { realBroker, simulatedBroker } from "./dst/Brokers.fixture.ts"
import { diskContract } from "./dst/Disk.contract.ts"
import { makeSimDisk } from "./dst/SimDisk.ts"
import { rentalStory, storyShoppers } from "./dst/store/Rentals.contract.ts"
import { storeStory } from "./dst/store/Store.contract.ts"
import { smallStore } from "./dst/store/SmallStore.ts"
import { startMosquitto } from "./support/Mosquitto.ts"

describe("a disk", () => {
  const real = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* openDisk(yield* files.makeTempDirectoryScoped({ prefix: "cartwise-disk-" }))
  }).pipe(Effect.provide(NodeServices.layer), Effect.orDie)
  diskContract("the machine's", real)
  diskContract(
    "the one in memory",
    Effect.sync(() => makeMemoryDisk()),
  )
  diskContract(
    "the simulated one",
    Effect.sync(() => makeSimDisk(new Map(), () => 0)),
  )
})

describe("a broker", () => {
  const stops: Array<() => Promise<void>> = []
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop()
  })
  brokerContract("the simulated one", simulatedBroker)
  brokerContract("Mosquitto", async () => {
    const { port, program } = await startMosquitto()
    stops.push(async () => void (await program.stop()))
    return realBroker(port, (stop) => void stops.push(stop))
  })
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a store", (it) => {
  it.effect("tells the same story in memory as on Postgres", () =>
    Effect.gen(function* () {
      const onPostgres = yield* storeStory
      const inMemory = yield* Effect.provide(storeStory, smallStore(0).layer())
      assert.isAbove(onPostgres.length, 50)
      for (const [index, [name, came]] of onPostgres.entries()) {
        assert.deepStrictEqual(inMemory[index], [name, came], name)
      }
    }),
  )

  it.effect("tells the same story of rentals and returns in memory as on Postgres", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const furnish = Effect.forEach(
        storyShoppers,
        (id) => sql`
          insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
          values (${id}, ${placesOf(1).chainId}, ${id}, 's', 'm', 'he', now(), now())`,
        { discard: true },
      )
      const onPostgres = yield* rentalStory(furnish)
      const inMemory = yield* Effect.provide(rentalStory(Effect.void), smallStore(0).layer())
      assert.isAbove(onPostgres.length, 35)
      for (const [index, [name, came]] of onPostgres.entries()) {
        assert.deepStrictEqual(inMemory[index], [name, came], name)
      }
    }),
  )
})
