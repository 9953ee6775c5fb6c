import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { machines } from "./Machines.ts"
import { migrate, readStored, type UnreadableTwin } from "./Migrate.ts"
import type { Migrations } from "./Migrations.ts"
import type { Stored } from "./Stored.ts"
import { initialOf } from "./Twin.ts"

const at = 1_795_000_000_000
const cart = initialOf("cart", at)
const bay = initialOf("bay", at)

const unreadable = (raw: unknown): UnreadableTwin => {
  const read = readStored(raw)
  assert.isTrue(Result.isFailure(read), JSON.stringify(raw))
  return Result.getOrThrow(Result.flip(read))
}

describe("a row that is no twin", () => {
  const rows: Readonly<Record<string, unknown>> = {
    "nothing at all": undefined,
    null: null,
    "a number": 7,
    "a text": "bay",
    "a list": [],
    "an empty object": {},
    "a machine nobody knows": { ...bay, machine: "trolley" },
    "no value": { ...bay, value: undefined },
    "no version": { ...bay, version: "1" },
    "a fraction of a revision": { ...bay, revision: 0.5 },
    "a negative revision": { ...bay, revision: -1 },
    "a context that is no object": { ...bay, context: [] },
    "deadlines that are no list": { ...bay, deadlines: {} },
    "a deadline without an instant": { ...bay, deadlines: [{ id: "xstate.after.settle.bay.latch.settling" }] },
    "a state nobody knows": { ...bay, value: { latch: "melted", sensor: "trusted", service: "inService" } },
    "a state of another machine": { ...cart, value: bay.value },
    "a value that is one word": { ...bay, value: "dark" },
    "a value that is null": { ...bay, value: null },
    "a value that is a list": { ...bay, value: ["dark"] },
    "a region too few": { ...cart, value: { dock: "secured" } },
    "a region too many": { ...cart, value: { dock: "secured", custody: "available", trust: "fresh" } },
    "a state inside a state that has none": { ...cart, value: { dock: { secured: "twice" }, custody: "available" } },
    "a context of another machine": { ...bay, context: cart.context },
    "a reading nobody knows": { ...bay, context: { ...bay.context, hook: "ajar" } },
    "more pulses than a command may have": { ...bay, context: { ...bay.context, pulses: 3 } },
    "a missing memory": { ...bay, context: { hook: null } },
    "a deadline of another machine": {
      ...bay,
      deadlines: [{ id: "xstate.after.reservation.cart.custody.reserved", dueAt: at }],
    },
    "an event in the place of a deadline": { ...cart, deadlines: [{ id: "cart.rented", dueAt: at }] },
    "a newer version": { ...bay, version: machines.bay.version + 1 },
    "a version before the first": { ...bay, version: 0 },
  }

  for (const [what, raw] of Object.entries(rows)) {
    it(`is kept as it was: ${what}`, () => {
      const { problem, raw: kept } = unreadable(raw)
      assert.strictEqual(kept, raw)
      assert.isNotEmpty(problem)
    })
  }

  it("stays unreadable however often it is read, also after a good one beside it", () => {
    const bad = { ...cart, value: { dock: "unknown" } }
    for (const raw of [bad, cart, bad, { ...cart, context: { bay: 7, rental: null } }, cart, bad]) {
      assert.strictEqual(Result.isSuccess(readStored(raw)), raw === cart)
    }
  })

  it("says what is wrong in words", () => {
    assert.strictEqual(unreadable({ ...bay, version: 9 }).problem, "version 9 is newer than this program's 1")
    assert.strictEqual(unreadable({ ...bay, version: 0 }).problem, "no migration from version 0")
    assert.strictEqual(unreadable({ ...cart, value: { dock: "away" } }).problem, "a region is missing or unknown")
    assert.include(unreadable({ ...bay, value: { ...(bay.value as object), latch: "melted" } }).problem, "melted")
  })
})

describe("a stored twin", () => {
  for (const kind of TwinKind.literals) {
    it(`of a new ${kind} is read as it is`, () => {
      const stored = initialOf(kind, at)
      assert.deepStrictEqual(Result.getOrThrow(readStored(JSON.parse(JSON.stringify(stored)))), stored)
    })
  }
})

describe("migrations", () => {
  /** Version 2 called a bay's `settling` `returning`, and version 1 had no failures. */
  const migrations: Migrations = {
    1: ({ value, context, deadlines }) => ({ value, context: { ...context, failures: 0 }, deadlines }),
    2: ({ value, context, deadlines }) => ({
      value: (value as object as { latch: string }).latch === "returning" ? { latch: "settling" } : value,
      context,
      deadlines: deadlines.map(({ id, dueAt }) => ({ id: id.replace(/returning$/, "settling"), dueAt })),
    }),
  }
  const old: Stored = {
    machine: "bay",
    version: 1,
    value: { latch: "returning" },
    context: { hook: "closed" },
    deadlines: [{ id: "xstate.after.settle.bay.latch.returning", dueAt: 5 }],
    revision: 41,
  }

  it("bring a twin from its version to this one, one by one", () => {
    assert.deepStrictEqual(Result.getOrThrow(migrate(old, 3, migrations)), {
      machine: "bay",
      version: 3,
      value: { latch: "settling" },
      context: { hook: "closed", failures: 0 },
      deadlines: [{ id: "xstate.after.settle.bay.latch.settling", dueAt: 5 }],
      revision: 41,
    })
  })

  it("begin with the twin's own version", () => {
    const newer = { ...old, version: 2 }
    assert.deepStrictEqual(Result.getOrThrow(migrate(newer, 3, migrations)).context, { hook: "closed" })
  })

  it("change nothing of a twin that is up to date", () => {
    assert.deepStrictEqual(Result.getOrThrow(migrate(old, 1, migrations)), old)
  })

  it("fail where one is missing", () => {
    assert.deepStrictEqual(migrate(old, 5, migrations), Result.fail("no migration from version 3"))
  })

  it("do not go back", () => {
    assert.deepStrictEqual(migrate(old, 0, migrations), Result.fail("version 1 is newer than this program's 0"))
  })

  it("exist from the first version to each machine's own", () => {
    for (const { kind, version, migrations } of Object.values(machines)) {
      const from = Object.keys(migrations).map(Number)
      assert.deepStrictEqual(
        from,
        Array.from({ length: version - 1 }, (_, index) => index + 1),
        kind,
      )
    }
  })
})
