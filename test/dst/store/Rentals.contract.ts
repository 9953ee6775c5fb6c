/**
 * What every store promises about rentals and returns, as one story: told on Postgres and on the stand-in, both must answer
 * the same. `furnish` puts the shoppers there, where a store wants them.
 */
import { Effect, Exit } from "effect"
import type { CommandId } from "#core/domain/Ids.ts"
import { JournalId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { TwinFact } from "#core/wire/Facts.ts"
import { placesOf } from "#cloud/SmallRegistry.fixture.ts"
import { Commands } from "#cloud/store/Commands.ts"
import { LendableCarts } from "#cloud/store/LendableCarts.ts"
import { type RentalColumns, Rentals } from "#cloud/store/Rentals.ts"
import { type HeldReturn, Returns } from "#cloud/store/Returns.ts"
import { Transaction } from "#cloud/store/Transaction.ts"
import { Twins } from "#cloud/store/Twins.ts"
import { initialOf } from "#twins/Twin.ts"

const place = placesOf(1)
const { branchId, chainId, controllerId, deviceId } = place
const [bayA, bayB] = place.bayIds
const [cartA, cartB] = place.cartIds
const uuid = (group: number, n: number) =>
  `${String(group).padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`
const rentalId = (n: number) => uuid(12, n)
const commandId = (n: number) => uuid(13, n) as CommandId
const journalId = JournalId.make(uuid(14, 1))
/** Far in the future: a cloud that runs on the same store has nothing to do with what is due then. */
const at = Date.UTC(2096, 1, 5, 12)
const minute = 60_000

/** The shoppers of the story. */
export const storyShoppers = [1, 2, 3].map((n) => uuid(11, n))

let seq = 0
const fact = (kind: "bay" | "cart", id: string, event: object, value: object, announces: ReadonlyArray<string> = []) =>
  ({
    fact: "twin",
    seq: ++seq,
    twin: { kind, id },
    event: { at: at + seq * 1_000, ...event },
    accepted: true,
    value,
    announces,
  }) as unknown as TwinFact
const bay = (id: string, hook: string, presence: string, latch: unknown, ...announces: ReadonlyArray<string>) =>
  fact(
    "bay",
    id,
    { type: "bay.observed", hook, presence },
    { latch, sensor: "trusted", service: "inService" },
    announces,
  )
const dock = (id: string, type: string, word: string) => fact("cart", id, { type }, { dock: word })

const columns = (n: number, over: Partial<RentalColumns> = {}): RentalColumns => ({
  id: rentalId(n),
  state: "unlocking",
  isOpen: true,
  twinRevision: 0,
  cartId: n === 1 ? cartA : cartB,
  bayId: n === 1 ? bayA : bayB,
  commandId: commandId(n),
  pickedUpAt: null,
  dueAt: null,
  endedAt: null,
  seenStage: null,
  seenRevision: 0,
  at: at + n,
  ...over,
})

/** Tells the story on whatever store there is. */
export const rentalStory = <E, R>(furnish: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    seq = 0
    const lines: Array<readonly [string, unknown]> = []
    const say = <A, E2, R2>(name: string, work: Effect.Effect<A, E2, R2>) =>
      Effect.tap(work, (came) => Effect.sync(() => lines.push([name, plain(came)])))
    const fails = <A, E2, R2>(name: string, work: Effect.Effect<A, E2, R2>) =>
      Effect.map(Effect.exit(work), (exit) => void lines.push([name, Exit.isFailure(exit)]))
    const { run } = yield* Transaction
    const rentals = yield* Rentals
    const carts = yield* LendableCarts
    const returns = yield* Returns
    const twins = yield* Twins
    const commands = yield* Commands
    yield* furnish

    const hear = (...facts: ReadonlyArray<TwinFact>) =>
      run(
        Effect.gen(function* () {
          const batch = yield* twins.hold(facts.map(({ twin }) => twin))
          for (const one of facts) batch.mirror(one, { deviceId, journalId })
          yield* twins.save(batch)
        }),
      )
    const parked = (bayId: string, cartId: string, ...announces: ReadonlyArray<string>) =>
      hear(bay(bayId, "closed", "present", "secured", ...announces), dock(cartId, "dock.secured", "secured"))
    const choose = (deviceIds: ReadonlyArray<string>, excluded: string | null, atMs: number, count = 1) =>
      Effect.map(
        carts.choose({
          counts: new Map([[branchId, count]]),
          deviceIds,
          excluded: excluded === null ? [] : [excluded],
          atMs,
          isPatient: false,
        }),
        (chosen) => chosen.map((one) => [one.cartId, one.bayId, one.deviceId, one.branchCode]),
      )

    // Choosing a cart.
    yield* say("nothing is known yet", choose([deviceId], null, at))
    yield* parked(bayA, cartA)
    yield* parked(bayB, cartB)
    yield* twins.freshen([{ deviceId, controllerId, freshAt: at }])
    yield* say("the first cart", choose([deviceId], null, at))
    yield* say("as many as there are, the best first", choose([deviceId], null, at, 5))
    yield* say(
      "the branch has one",
      Effect.map(carts.branchesWith([branchId, uuid(2, 9)], [deviceId], at), (ids) => [...ids]),
    )
    yield* say("not the one that did not open", choose([deviceId], cartA, at))
    yield* say("none of a device that is away", choose([], null, at))
    yield* say("none that was read too long ago", choose([deviceId], null, at + Limits.rentalFreshMs + minute))

    // Beginning.
    const begin = (n: number, shopperId: string) =>
      Effect.andThen(
        rentals.insert([{ id: rentalId(n), chainId, branchId, shopperId, at: at + n }]),
        twins.insert([
          {
            held: {
              ref: { kind: "rental", id: rentalId(n) },
              deviceId: null,
              placement: 0,
              stored: initialOf("rental", at),
              changedAt: at,
              freshAt: null,
              edgeSeq: 0,
            },
            chainId,
            branchId,
            controllerId: null,
            label: `rental ${n}`,
          },
        ]),
      )
    const [first = "", second = "", third = ""] = storyShoppers
    yield* begin(1, first)
    const another = { id: rentalId(2), chainId, branchId, shopperId: first, at: at + 2 }
    yield* say(
      "a second of a shopper is left out",
      Effect.map(rentals.insert([another]), (ids) => [...ids]),
    )
    yield* say(
      "one that begins is told",
      Effect.map(rentals.insert([{ ...another, id: rentalId(4), shopperId: third }]), (ids) => [...ids]),
    )
    yield* rentals.remove([rentalId(4)])
    yield* begin(3, second)
    const unlock = {
      kind: "unlock",
      target: { kind: "bay", id: bayA },
      cartId: cartA,
      deviceId,
      epoch: 1,
      requestedBy: "rental",
      requestedReason: "rental",
      traceparent: null,
      createdAt: at,
      expiresAt: at + 10_000,
      topic: "a/topic",
      payload: "{}",
    } as const
    yield* commands.create({ id: commandId(1), ...unlock }, [])
    yield* rentals.write([columns(1)])
    yield* fails("a second of a cart", rentals.write([columns(3, { cartId: cartA })]))
    yield* rentals.write([columns(3)])
    yield* say("every cart is had", choose([deviceId], null, at))
    yield* say("whose cart it is", rentals.withCart(cartA))
    yield* say("nobody's", rentals.withCart(uuid(6, 999)))

    // Following.
    const held = (id: string, atMs: number) =>
      Effect.map(rentals.hold([id], atMs), (all) =>
        all.map(({ bayId, cartId, commandId: command, homeBayId, identity, seenRevision, state }) => {
          return { bayId, cartId, command, homeBayId, identity, seenRevision, state }
        }),
      )
    yield* say("held", held(rentalId(1), at))
    yield* say("something may move", rentals.someMayMove(at))
    yield* say("behind", Effect.map(rentals.behind, sorted))
    yield* say("about a bay", Effect.map(rentals.about([bayA]), sorted))
    yield* say("about what nobody has", rentals.about([uuid(5, 999)]))
    yield* say("how its unlock stands", rentals.outcomes([commandId(1), commandId(9)]))
    yield* say(
      "a bay as it stands",
      Effect.map(rentals.standing(bayA), (one) => one && one.revision > 0),
    )
    yield* hear(
      bay(bayA, "open", "present", { ajar: "undetermined" }, "RELEASED_UNCOMMANDED"),
      bay(bayA, "open", "absent", "empty", "REMOVED"),
      dock(cartA, "dock.left", "away"),
    )
    yield* say("what its bay has said", evidenceOf(rentals, 1))
    yield* rentals.write([
      columns(1, { state: "active.inTime", pickedUpAt: at + minute, dueAt: at + 120 * minute, seenStage: "created" }),
    ])

    // Returns: what comes home is noted nowhere; what comes elsewhere is.
    yield* parked(bayA, cartA, "RETURN_DETECTED")
    yield* say("nothing is noted of what came home", returns.nextDue)
    yield* say(
      "since when it stands",
      Effect.flatMap(rentals.standing(bayA), (one) => rentals.parkedSince(bayA, one?.revision ?? 0)),
    )
    yield* rentals.write([columns(3, { state: "cancelled", isOpen: false, endedAt: at + minute })])
    yield* hear(
      bay(bayB, "open", "absent", "empty", "REMOVED"),
      bay(bayB, "closed", "present", "secured", "RETURN_DETECTED"),
    )
    const dueAt = yield* returns.nextDue
    yield* say("it is judged when it has settled", Effect.succeed(dueAt))
    yield* say("not before", returns.due((dueAt ?? 0) - 1))
    const [id = ""] = yield* returns.due(dueAt ?? 0)
    const one = yield* returns.hold(id)
    yield* say("a return", Effect.succeed(one === undefined ? null : { ...one, id: "it" }))
    const scene = (what: HeldReturn | undefined) =>
      what === undefined ? Effect.succeed(null) : Effect.map(returns.scene(what), (found) => found ?? null)
    yield* say("what is known around it", scene(one))
    yield* returns.intend({ rentalId: rentalId(1), chainId, branchId, bayId: bayB, how: "declared", at: at + minute })
    yield* say("with what a shopper has said", scene(one))
    yield* returns.end(id, { state: "open", at, by: "rentals" })
    yield* say("nothing is due", returns.nextDue)
    const ours = (ids: ReadonlyArray<string>) => ids.map((known) => (known === id ? "it" : known))
    yield* say("it waits", Effect.map(returns.openSince(branchId, bayB, at), ours))
    yield* say("not at another bay", returns.openSince(branchId, bayA, at))
    yield* returns.end(id, { state: "resolved", at, by: "staff", rentalId: rentalId(1), cartId: cartA, rule: "staff" })
    yield* say(
      "what ended a rental",
      Effect.map(returns.thatEnded(rentalId(1)), (known) => known === id),
    )
    yield* say("what ended none", returns.thatEnded(rentalId(3)))
    const standing = yield* rentals.standing(bayB)
    const again = { bayId: bayB, revision: one?.revision ?? 0, at, isDoubted: false, reason: "seen", by: "staff" }
    yield* say("one that was somebody's is not opened again", returns.open(again))
    yield* returns.notice([{ bayId: bayB, revision: standing?.revision ?? 0, at, isDoubted: false }])
    yield* say("what stands there ever since has not come again", returns.nextDue)

    // Ended, and opened again.
    yield* rentals.write([columns(1, { state: "failed", isOpen: false })])
    yield* say(
      "a failed one may still move",
      Effect.map(held(rentalId(1), at + minute), (all) => all.length),
    )
    yield* say(
      "not for ever",
      Effect.map(held(rentalId(1), at + Limits.rentalReopenMs + minute), (all) => all.length),
    )
    yield* say("about its command", rentals.about([commandId(1)]))
    yield* say("it may be opened again", rentals.mayReopen(rentalId(1)))
    yield* begin(4, third)
    yield* rentals.write([columns(4, { cartId: cartA, bayId: bayA })])
    yield* say("not while another has its cart", rentals.mayReopen(rentalId(1)))
    return lines
  })

const evidenceOf = (rentals: Rentals["Service"], n: number) =>
  Effect.map(rentals.evidence([{ id: rentalId(n), bayId: bayA, seenRevision: 1 }]), (all) =>
    (all.get(rentalId(n)) ?? []).map(({ announces, at: when, event, revision, value }) => {
      return { announces, when, event, revision, value }
    }),
  )
const sorted = (ids: ReadonlyArray<string>) => ids.toSorted()

/** As it would be told over a wire: maps by their content. */
const plain = (came: unknown): unknown => {
  if (came instanceof Map) return plain(Object.fromEntries([...came].toSorted()))
  return came === undefined ? null : JSON.parse(JSON.stringify(came))
}
