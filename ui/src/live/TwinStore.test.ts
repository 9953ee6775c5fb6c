import { assert, describe, it } from "vitest"
import type { Twin } from "#core/api/Twins.ts"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import { makeTwinStore, merge } from "./TwinStore.ts"

const id = "00000000-0000-4000-8000-000000000001"

const twin = (revision: number, change: Partial<Twin> = {}): Twin => ({
  kind: "bay",
  id,
  label: "A1",
  chain_id: ChainId.make(id),
  branch_id: BranchId.make(id),
  device_id: null,
  machine: "bay",
  version: 1,
  value: { latch: `state ${revision}` },
  context: {},
  deadlines: [],
  revision,
  changed_at: "2026-11-22T10:00:00.000Z",
  fresh_at: "2026-11-22T10:00:00.000Z",
  stale: false,
  simulated: true,
  can: {},
  ...change,
})

describe("what is kept of a twin", () => {
  it("is the higher revision, in whatever order they come", () => {
    const first = merge(undefined, twin(7))
    assert.strictEqual(merge(first, twin(6)), first)
    assert.strictEqual(merge(first, twin(8)).twin.revision, 8)
  })

  it("remembers the value before the last change it saw", () => {
    const moved = merge(merge(undefined, twin(7)), twin(8))
    assert.deepStrictEqual(moved.before, { latch: "state 7" })
    assert.deepStrictEqual(merge(moved, twin(8, { stale: true })).before, { latch: "state 7" })
  })

  it("turns stale without a new revision", () => {
    const stale = merge(merge(undefined, twin(7)), twin(7, { stale: true, stale_reason: "device_offline" }))
    assert.isTrue(stale.twin.stale)
  })

  it("of one revision is the one with the fresher evidence", () => {
    const fresh = merge(undefined, twin(7, { fresh_at: "2026-11-22T10:00:05.000Z" }))
    assert.strictEqual(merge(fresh, twin(7, { stale: true })), fresh)
    assert.strictEqual(merge(fresh, twin(7, { fresh_at: null })), fresh)
  })
})

describe("the twin store", () => {
  it("wakes only those who watch a twin that changed", () => {
    const store = makeTwinStore()
    const woken: Array<string> = []
    store.atomOf("bay", id).subscribe(() => woken.push("bay"))
    store.atomOf("cart", id).subscribe(() => woken.push("cart"))
    store.receive([twin(1)])
    store.receive([twin(1, { revision: 0 })])
    assert.deepStrictEqual(woken, ["bay"])
  })

  it("gives nothing for a twin it has not heard of, and forgets on demand", () => {
    const store = makeTwinStore()
    assert.isUndefined(store.get("bay", id))
    store.receive([twin(1)])
    assert.strictEqual(store.get("bay", id)?.revision, 1)
    store.clear()
    assert.isUndefined(store.get("bay", id))
  })
})
