import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { delayNameOf } from "./chart/DelayName.ts"
import { machines } from "./Machines.ts"
import { readStored } from "./Migrate.ts"
import { pack, unpack } from "./Packed.ts"
import { reachable } from "./Reachable.fixture.ts"
import { regionsOf } from "./Regions.ts"
import type { Stored } from "./Stored.ts"
import { initialOf } from "./Twin.ts"

const at = 1_795_000_000_000
describe("a packed twin", () => {
  it("is a list of what it remembers, and instants by the name of the delay", () => {
    const bay: Stored = {
      ...initialOf("bay", at),
      value: { latch: { releasing: "watching" }, sensor: "trusted", service: "inService" },
      context: { hook: "closed", presence: "present", command: "c", expiresAt: at + 9, pulses: 1, failures: 0 },
      deadlines: [{ id: "xstate.after.confirm.bay.latch.releasing.watching", dueAt: at + 5 }],
      revision: 7,
    }
    assert.deepStrictEqual(pack(bay), {
      machine: "bay",
      version: 1,
      value: bay.value,
      context: ["closed", "present", "c", at + 9, 1, 0],
      deadlines: { confirm: at + 5 },
      revision: 7,
    })
  })

  for (const kind of TwinKind.literals) {
    it(`of a ${kind} comes back as it was, from every state it can be in`, () => {
      for (const stored of reachable(kind)) {
        const read = readStored(JSON.parse(JSON.stringify(pack(stored))))
        assert.deepStrictEqual(Result.getOrThrow(read), stored)
      }
    })

    const most = kind === "rental" ? Limits.storedRentalBytes : Limits.storedTwinBytes
    it(`of a ${kind} takes at most ${most} bytes, in every state it can be in`, () => {
      const bytes = reachable(kind).map((stored) => JSON.stringify(pack({ ...stored, revision: 9_999_999 })).length)
      assert.isAtMost(Math.max(...bytes), most)
    })

    it(`of a ${kind} has its memory in the order that its version once had`, () => {
      const { memory, version } = machines[kind]
      assert.deepStrictEqual(memory[version], Object.keys(initialOf(kind, at).context))
    })

    it(`of a ${kind} has a delay for each of its deadlines`, () => {
      const ids = new Set(
        regionsOf(kind).flatMap(({ events }) => events.filter((type) => delayNameOf(type) !== undefined)),
      )
      assert.strictEqual(new Set([...ids].map(delayNameOf)).size, ids.size)
    })
  }
})

describe("what is not packed", () => {
  const bay = initialOf("bay", at)
  const packed = pack(bay)

  it("is left as it is: a twin in the stored form", () => {
    assert.strictEqual(unpack(bay), bay)
    assert.deepStrictEqual(Result.getOrThrow(readStored(bay)), bay)
  })

  const broken: Readonly<Record<string, unknown>> = {
    "a memory too short": { ...packed, context: packed.context.slice(1) },
    "a memory of another machine": { ...packed, context: ["bay", "rental"] },
    "a machine nobody knows": { ...packed, machine: "trolley" },
    "a machine named like an object's own": { ...packed, machine: "toString" },
    "a version nobody knows": { ...packed, version: 99 },
    "an instant that is none": { ...packed, deadlines: { settle: "soon" } },
    "a delay of another machine": { ...packed, deadlines: { reservation: at } },
  }
  for (const [what, raw] of Object.entries(broken)) {
    it(`is no twin, and kept as it was: ${what}`, () => {
      const read = Result.getOrThrow(Result.flip(readStored(raw)))
      assert.strictEqual(read.raw, raw)
    })
  }
})
