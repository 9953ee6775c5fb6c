/**
 * Rental races: on a branch with ten carts, a hundred people ask twice at once, a hundred rounds long, on a real Postgres. As
 * many carts are lent as there are, each once, to nobody two, and what was answered is in the store.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { BranchId } from "#core/domain/Ids.ts"
import { Broker } from "#cloud/broker/Broker.ts"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { Lending } from "#cloud/rentals/Lending.ts"
import { RentalFollower } from "#cloud/rentals/RentalFollower.ts"
import { idOf, placesOf, smallRegistry } from "#cloud/SmallRegistry.fixture.ts"
import { type Shopper, Shoppers } from "#cloud/store/Shoppers.ts"
import { observed, TestDevice } from "#cloud/sync/Device.fixture.ts"

const rounds = 100
const askers = 200
const shoppersCount = 100
const carts = 10
const places = placesOf(1)
const branchId = BranchId.make(places.branchId)
const bays = Array.from({ length: carts }, (_, at) => ({ id: idOf(5, 100 + at), cart: idOf(6, 100 + at), at }))

/** The small registry with ten carts in its first branch. */
const registry = JSON.parse(JSON.stringify(smallRegistry)) as typeof smallRegistry
const controllerOf = (document: unknown) =>
  (document as { chains: Array<{ branches: Array<{ devices: Array<{ controllers: Array<{ bays: unknown }> }> }> }> })
    .chains[0]?.branches[0]?.devices[0]?.controllers[0]
Object.assign(controllerOf(registry) ?? {}, {
  bays: bays.map(({ id, cart, at }) => ({
    id,
    lock_index: at,
    label: `A${at + 1}`,
    cart: { id: cart, cart_number: `A-${at + 1}` },
  })),
})
const registryFile = path.join(mkdtempSync(path.join(tmpdir(), "cartwise-races-")), "registry.json")
writeFileSync(registryFile, JSON.stringify(registry))

let seq = 0
const bayFact = (bay: string, hook: "closed" | "open", latch: unknown, ...announces: string[]) => ({
  ...observed(++seq, bay, hook, "present", latch),
  announces,
})
const dockFact = (cart: string, type: string, dock: string) => ({
  fact: "twin",
  seq: ++seq,
  twin: { kind: "cart", id: cart },
  event: { type, at: Date.now() },
  accepted: true,
  value: { dock },
  announces: [],
})
const confirmed = (id: string) => ({
  fact: "command",
  seq: ++seq,
  command_id: id,
  stage: "confirmed",
  pulses: 1,
  at: Date.now(),
})

interface Row {
  readonly id: string
  readonly shopper_id: string
  readonly cart_id: string
  readonly bay_id: string
  readonly command_id: string
}

layer(testCloud({ REGISTRY_FILE: registryFile }), { excludeTestServices: true, timeout: 280_000 })(
  "two hundred requests at once and ten carts",
  (it) => {
    it.effect(
      `lend each cart once and no shopper two, ${rounds} times`,
      () =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const lending = yield* Lending
          const follower = yield* RentalFollower
          const broker = yield* Broker
          const device = yield* Effect.acquireRelease(
            Effect.promise(() => TestDevice.connect(broker.url, places)),
            (open) => Effect.promise(() => open.stop()),
          )
          yield* Effect.promise(() => device.boot())
          const say = (facts: ReadonlyArray<unknown>) => Effect.promise(() => device.facts(facts))
          const parked = ({ id, cart }: { id: string; cart: string }, ...announces: string[]) => [
            bayFact(id, "closed", "secured", ...announces),
            dockFact(cart, "dock.secured", "secured"),
          ]
          yield* say(bays.flatMap((bay) => parked(bay)))
          const known = yield* Shoppers
          const shoppers: Array<Shopper> = []
          for (let n = 0; n < shoppersCount; n++) {
            shoppers.push(
              yield* known.known({
                id: idOf(8, n),
                chainId: places.chainId,
                phoneName: `name ${n}`,
                phoneSealed: "sealed",
                phoneMasked: "050-•••-0001",
                locale: "he",
                at: Date.now(),
              }),
            )
          }
          const lent = new Map<string, number>()
          for (let round = 0; round < rounds; round++) {
            const asking = Array.from(
              { length: askers },
              (_, n) => shoppers[(Math.floor(n / 2) + round) % shoppersCount],
            )
            const answers = yield* Effect.all(
              asking.flatMap((one) => (one === undefined ? [] : [Effect.result(lending.begin(one, branchId))])),
              { concurrency: "unbounded" },
            )
            const begun = answers.flatMap((answer) => (Result.isSuccess(answer) ? [answer.success] : []))
            const refusals = answers.flatMap((one) => (Result.isFailure(one) ? [JSON.stringify(one.failure)] : []))
            for (const why of refusals) assert.match(why, /already_renting|no_cart/u)
            const open = yield* sql<Row>`
              select id, shopper_id, cart_id, bay_id, command_id from rentals where is_open`
            assert.sameMembers(
              open.map(({ id }) => id),
              begun,
              "what was answered is what there is",
            )
            assert.lengthOf(open, carts)
            assert.lengthOf(new Set(open.map(({ cart_id }) => cart_id)), carts)
            assert.lengthOf(new Set(open.map(({ shopper_id }) => shopper_id)), carts)
            for (const { cart_id } of open) lent.set(cart_id, (lent.get(cart_id) ?? 0) + 1)
            yield* say(
              open.flatMap(({ command_id, bay_id, cart_id }) => [
                confirmed(command_id),
                bayFact(bay_id, "open", { ajar: "released" }, "UNLOCK_CONFIRMED"),
                ...parked({ id: bay_id, cart: cart_id }, "RELATCHED"),
              ]),
            )
            for (const { id } of open) yield* follower.follow([id])
          }
          assert.deepStrictEqual(
            [...lent.values()],
            bays.map(() => rounds),
            "fair: each as often as the others",
          )
          const [left] = yield* sql<{ n: number }>`select count(*)::integer as n from rentals where is_open`
          assert.strictEqual(left?.n, 0)
        }),
      280_000,
    )
  },
)
