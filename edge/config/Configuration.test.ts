import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { type ConfigDocument, hashOf } from "#core/config/ConfigDocument.ts"
import { BayId, ControllerId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"

import { makeBench, uuidOf } from "../DeviceBench.fixture.ts"

type Bench = Effect.Success<ReturnType<typeof makeBench>>
const settleMs = 500

/** The document in force, as the device says it, changed by `change`. */
const inForce = (bench: Bench): ConfigDocument => bench.program()?.configuration.document ?? assert.fail("no program")

const offerOf = (version: number, document: ConfigDocument) => ({ v: 1, version, hash: hashOf(document), document })

const withBay = (document: ConfigDocument, n: number, over: object): ConfigDocument => ({
  ...document,
  bays: document.bays.map((bay) => (bay.id === uuidOf(n) ? { ...bay, ...over } : bay)),
})

const deliver = (bench: Bench, version: number, document: ConfigDocument, retained = false) =>
  bench.cloud.deliver("config/desired", JSON.stringify(offerOf(version, document)), retained)

const dockOf = (bench: Bench, n: number) =>
  regionWord(bench.program()?.hub.stored({ kind: "cart", id: uuidOf(n) })?.value ?? null, "dock")

const withoutCart = { cart: null }

describe("a device's configuration", () => {
  it.effect("CW-MQTT-401: is its own file, version 0, until the cloud has wished another", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const [boot] = bench.cloud.boots
      assert.deepStrictEqual(boot?.config, { version: 0, hash: hashOf(inForce(bench)), revision: 1 })
      assert.strictEqual(inForce(bench).bays.length, 6)
      assert.deepStrictEqual(bench.cloud.reported, [])
    }),
  )

  it.effect("CW-MQTT-402: is said in full when the cloud lacks it", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      bench.cloud.config = { desired: null, report: true }
      yield* bench.advance(settleMs)
      const [report] = bench.cloud.reported
      assert.deepInclude(report, { version: 0, revision: 1, refused: null })
      assert.deepStrictEqual(report?.document, inForce(bench))
    }),
  )

  it.effect("CW-MQTT-404: an offer in order is put in force without a restart, and said", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const wanted = { ...inForce(bench), timing: { poll_ms: 500, heartbeat_ms: 5_000, telemetry_ms: 10_000 } }
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      assert.deepInclude(bench.cloud.reported.at(-1), { version: 7, hash: hashOf(wanted), revision: 2, refused: null })
      assert.deepStrictEqual(inForce(bench).timing, wanted.timing)
      assert.strictEqual(bench.cloud.boots.length, 1)
    }),
  )

  it.effect("CW-MQTT-405: what was put in force runs again after a power cut, cloud or no cloud", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const wanted = withBay(inForce(bench), 100, { label: "Door", service: "disabled" })
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      bench.cloud.reachable = false
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.deepInclude(bench.program()?.configuration.name, { version: 7, hash: hashOf(wanted), revision: 2 })
      assert.strictEqual(bench.program()?.placement.bays.get(uuidOf(100))?.label, "Door")
      const bay = bench.program()?.hub.stored({ kind: "bay", id: uuidOf(100) })
      assert.strictEqual(regionWord(bay?.value ?? null, "service"), "disabled")
    }),
  )

  const refusals: ReadonlyArray<readonly [what: string, offer: (document: ConfigDocument) => object, path: string]> = [
    ["whose hash is of another document", (document) => ({ ...offerOf(7, document), hash: "0".repeat(64) }), "hash"],
    [
      "that puts a cart into a bay which is not here",
      (document) => offerOf(7, withBay(document, 100, { id: uuidOf(999), cart: { id: uuidOf(1999), placement: 1 } })),
      `bays[${uuidOf(999)}].cart`,
    ],
    [
      "that reads the boards faster than they answer",
      (document) => offerOf(7, { ...document, timing: { ...document.timing, poll_ms: 1 } }),
      "timing.poll_ms",
    ],
    [
      "that puts one cart into two bays",
      (document) => offerOf(7, withBay(document, 100, { cart: { id: uuidOf(1101), placement: 0 } })),
      "",
    ],
  ]
  for (const [what, offer, path] of refusals) {
    it.effect(`CW-MQTT-406: an offer ${what} is refused whole, and the old one stays`, () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        yield* bench.advance(settleMs)
        const before = inForce(bench)
        bench.cloud.deliver("config/desired", JSON.stringify(offer(before)))
        yield* bench.advance(settleMs)
        const report = bench.cloud.reported.at(-1)
        assert.deepInclude(report, { version: 0, hash: hashOf(before), revision: 2 })
        assert.strictEqual(report?.refused?.version, 7)
        assert.include(report?.refused?.errors.map((error) => error.path) ?? [], path)
        assert.deepStrictEqual(inForce(bench), before)
      }),
    )
  }

  it.effect("CW-MQTT-412: boards and empty bays that are not here yet keep nothing else from being in force", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const before = inForce(bench)
      const [board = assert.fail("no board")] = before.boards
      const [bay = assert.fail("no bay")] = before.bays
      const boards = [...before.boards, { ...board, id: ControllerId.make(uuidOf(998)) }]
      const bays = [...before.bays, { ...bay, id: BayId.make(uuidOf(999)), label: "New", cart: null }]
      const wanted = withBay({ ...before, boards, bays }, 100, { label: "Door" })
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      assert.deepInclude(bench.cloud.reported.at(-1), { version: 7, hash: hashOf(wanted), refused: null })
      assert.strictEqual(bench.program()?.placement.bays.get(uuidOf(100))?.label, "Door")
      assert.isUndefined(bench.program()?.placement.bays.get(uuidOf(999)))
    }),
  )

  it.effect("CW-MQTT-706: what a configuration holds beyond what is known here is kept, and part of its hash", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const wanted = {
        ...withBay(inForce(bench), 100, { label: "Door", lamp: "green" }),
        of_a_later_day: { deep: [1] },
      }
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      assert.deepInclude(bench.cloud.reported.at(-1), {
        version: 7,
        hash: hashOf(wanted),
        document: wanted,
        refused: null,
      })
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.program()?.configuration.name.hash, hashOf(wanted))
      assert.strictEqual(bench.program()?.placement.bays.get(uuidOf(100))?.label, "Door")
    }),
  )

  it.effect("CW-MQTT-407: a version older than the one in force is refused", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const wanted = withBay(inForce(bench), 100, { label: "new" })
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      deliver(bench, 6, withBay(wanted, 100, { label: "old" }))
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(inForce(bench), wanted)
      assert.deepStrictEqual(
        bench.cloud.reported.at(-1)?.refused?.errors.map(({ path }) => path),
        ["version"],
      )
    }),
  )

  it.effect("CW-MQTT-403: a retained offer counts only when the answer to the boot names it", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const kept = withBay(inForce(bench), 100, { label: "kept by the broker" })
      deliver(bench, 7, kept, true)
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.program()?.configuration.name.version, 0)
      bench.cloud.config = { desired: { version: 7, hash: hashOf(kept) }, report: false }
      bench.cloud.disconnect()
      yield* bench.advance(Limits.reconnectMaxMs)
      assert.strictEqual(bench.program()?.configuration.name.version, 7)
    }),
  )

  it.effect("that can not be stored is refused, and stays refused after the disk has come back", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const before = inForce(bench)
      bench.disk().fail("no space left")
      deliver(bench, 7, withBay(before, 100, withoutCart))
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(inForce(bench), before)
      assert.include(bench.cloud.reported.at(-1)?.refused?.errors[0]?.message, "no space left")
      bench.disk().fail(undefined)
      const outcome = yield* bench.program()?.configuration.applyNow ?? Effect.fail("no program")
      assert.deepInclude(outcome, { _tag: "InForce" })
      assert.strictEqual(dockOf(bench, 1_100), "unknown")
    }),
  )

  it.effect("CW-MQTT-408: waits for the unlock that is under way on a bay it changes, and lets none begin there", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, command, send, stages, world } = bench
      yield* advance(settleMs)
      world.act(uuidOf(100), "jam", 0)
      const unlock = command()
      send(unlock)
      yield* advance(50)
      deliver(bench, 7, withBay(withBay(inForce(bench), 100, withoutCart), 101, withoutCart))
      yield* advance(50)
      assert.strictEqual(bench.program()?.configuration.name.version, 0)
      const other = command({ target: { kind: "bay", id: uuidOf(101) } })
      send(other)
      yield* advance(4_000)
      assert.deepStrictEqual(stages(other.command_id), ["rejected(busy)"])
      assert.strictEqual(stages(unlock.command_id).at(-1), "failed(no_motion)")
      assert.strictEqual(bench.program()?.configuration.name.version, 7)
      assert.strictEqual(world.pulses(uuidOf(100)), 2)
    }),
  )

  it.effect("that turns a board's bits makes its bays dark until they are read anew", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const before = inForce(bench)
      deliver(bench, 7, {
        ...before,
        boards: before.boards.map((board) =>
          board.id === uuidOf(10) ? { ...board, presence_bit: 0 as const } : board,
        ),
      })
      yield* bench.advance(settleMs)
      const events = bench.twinFacts(uuidOf(100)).map(({ event }) => event.type)
      assert.deepStrictEqual(events, ["bay.observed", "bay.lost", "bay.observed"])
      assert.deepInclude(bench.twinFacts(uuidOf(100)).at(-1)?.event, { hook: "closed", presence: "absent" })
      assert.strictEqual(bench.twinFacts(uuidOf(200)).length, 1)
    }),
  )
})

describe("a cart that configuration moves", () => {
  it.effect("CW-MQTT-409: away from a device is no longer hosted, spoken of or listened for there", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      deliver(bench, 7, withBay(inForce(bench), 100, withoutCart))
      yield* bench.advance(settleMs)
      const facts = bench.twinFacts(uuidOf(1_100)).length
      assert.isUndefined(bench.program()?.hub.stored({ kind: "cart", id: uuidOf(1_100) }))
      assert.deepStrictEqual(
        bench.cloud.unheard.map((topic) => topic.split("/").slice(-3).join("/")),
        [`carts/${uuidOf(1_100)}/unlock`, `carts/${uuidOf(1_100)}/lock`],
      )
      bench.send(bench.command())
      yield* bench.advance(1_000)
      assert.strictEqual(bench.twinFacts(uuidOf(1_100)).length, facts)
      const refused = bench.command({ target: { kind: "cart", id: uuidOf(1_100) } })
      bench.send(refused)
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(bench.stages(refused.command_id), ["rejected(target_unknown)"])
    }),
  )

  it.effect("CW-MQTT-411: away while the device was offline is not spoken of when it is back, not even once", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const hint = (n: number) =>
        [...bench.cloud.retained.keys()].some((topic) => topic.includes(`carts/${uuidOf(n)}/`))
      assert.isTrue(hint(1_100) && hint(1_101))
      bench.cloud.retained.clear()
      const wanted = withBay(inForce(bench), 100, withoutCart)
      bench.cloud.config = { desired: { version: 7, hash: hashOf(wanted) }, report: false }
      bench.cloud.disconnect()
      yield* bench.advance(Limits.reconnectMaxMs)
      assert.strictEqual(bench.cloud.boots.length, 2)
      assert.isFalse(hint(1_100) || hint(1_101))
      deliver(bench, 7, wanted)
      yield* bench.advance(settleMs)
      assert.isTrue(hint(1_101))
      assert.isFalse(hint(1_100))
    }),
  )

  it.effect("CW-MQTT-410: within a device is unknown and then what its new bay says, under the new placement", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const cart = { id: uuidOf(1_100), placement: 3 }
      deliver(bench, 7, withBay(withBay(inForce(bench), 100, withoutCart), 201, { cart }))
      yield* bench.advance(settleMs)
      const facts = bench.twinFacts(uuidOf(1_100))
      assert.deepStrictEqual(
        facts.map(({ event, placement }) => [event.type, placement]),
        [
          ["dock.secured", undefined],
          ["dock.lost", 3],
          ["dock.secured", 3],
        ],
      )
      bench.world.act(uuidOf(100), "jam", 0)
      bench.send(bench.command({ target: { kind: "cart", id: uuidOf(1_100) } }))
      yield* bench.advance(1_000)
      assert.strictEqual(bench.world.pulses(uuidOf(201)), 1)
      assert.strictEqual(bench.world.pulses(uuidOf(100)), 0)
    }),
  )

  it.effect("away and back while its bay can not be read is unknown, also after a power cut", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      assert.strictEqual(dockOf(bench, 1_100), "secured")
      const at = inForce(bench)
      deliver(bench, 7, withBay(at, 100, withoutCart))
      yield* bench.advance(settleMs)
      bench.world.act(uuidOf(100), "silence", 0)
      yield* bench.advance(2_000)
      deliver(bench, 8, withBay(at, 100, { cart: { id: uuidOf(1_100), placement: 2 } }))
      yield* bench.advance(settleMs)
      assert.strictEqual(dockOf(bench, 1_100), "unknown")
      // What the journal remembers of the cart is from before it went.
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(dockOf(bench, 1_100), "unknown")
      bench.world.act(uuidOf(100), "restore", 0)
      yield* bench.advance(2_000)
      assert.strictEqual(dockOf(bench, 1_100), "secured")
    }),
  )

  it.effect("to a device that runs is hosted at once, and after a power cut in the middle of it", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      const newcomer = { id: uuidOf(7_777), placement: 1 }
      deliver(bench, 7, withBay(inForce(bench), 100, { cart: newcomer }))
      // Cut as soon as the configuration is durable: before any fact of the cart is.
      yield* Effect.repeat(bench.advance(5), {
        until: () => bench.program()?.configuration.name.version === 7,
      })
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(dockOf(bench, 7_777), "secured")
      assert.isTrue(bench.twinFacts(uuidOf(7_777)).every(({ placement }) => placement === 1))
      const snapshot = bench.cloud.snapshots.at(-1)
      assert.strictEqual(snapshot?.twins.find(({ twin }) => twin.id === uuidOf(7_777))?.placement, 1)
    }),
  )
})
