import { assert, describe, it } from "vitest"
import { bayRecords } from "#twins/miniature/MiniaturePlan.ts"
import { Miniature } from "#twins/miniature/Miniature.ts"
import type { Twin } from "#core/api/Twins.ts"
import { callDeaf, findings, type InstallProgress, isWalked, judge, look, test, walkOf } from "./InstallProgress.ts"

const [bay] = bayRecords
const id = bay?.id ?? ""
const command = "00000008-0000-4000-8000-000000000001"

/** A bay's twin with and without its cart, as a real machine has it. */
const twins = (): { readonly parked: Twin; readonly empty: Twin } => {
  const branch = new Miniature(1)
  branch.people(false)
  const now = (): Twin => branch.cloud.view({ kind: "bay", id }, branch.nowMs) ?? assert.fail()
  const pass = (): void => branch.advanceTo(branch.nowMs + 3_000)
  pass()
  const parked = now()
  branch.unlock(id)
  pass()
  branch.hand(id, "take")
  pass()
  return { parked, empty: now() }
}

describe("the walk along the bays", () => {
  it("finds sensors good that were seen with a cart and without one, in either order", () => {
    const { parked, empty } = twins()
    const none: InstallProgress = {}
    const seen = (...looks: ReadonlyArray<Twin>) =>
      findings(
        looks.reduce((now, twin) => look(now, id, twin), none),
        bayRecords,
      )[0]?.sensors
    assert.strictEqual(seen(parked), "untested")
    assert.strictEqual(seen(empty, empty), "untested")
    assert.strictEqual(seen(parked, empty), "good")
    assert.strictEqual(seen(empty, parked), "good")
    assert.strictEqual(seen(parked, { ...empty, stale: true }), "untested")
  })

  it("finds a lock good when its own unlock is confirmed, and bad when that ends otherwise", () => {
    const asked = test({}, id, command)
    assert.strictEqual(walkOf(judge(asked, id, command, "executed"), id).lock, "untested")
    assert.strictEqual(walkOf(judge(asked, id, command, "unknown"), id).lock, "untested")
    assert.strictEqual(walkOf(judge(asked, id, command, "confirmed"), id).lock, "good")
    assert.strictEqual(walkOf(judge(asked, id, command, "failed"), id).lock, "bad")
    assert.strictEqual(walkOf(judge(asked, id, "another", "confirmed"), id).lock, "untested")
  })

  it("forgets how a lock was found when it is tested again", () => {
    const good = judge(test({}, id, command), id, command, "confirmed")
    const again = "00000008-0000-4000-8000-000000000002"
    assert.strictEqual(walkOf(test(good, id, again), id).lock, "untested")
  })

  it("signs for every bay, and says of one that nobody looked at that it is untested", () => {
    const signed = findings(callDeaf({}, id, true), bayRecords)
    assert.lengthOf(signed, bayRecords.length)
    assert.deepInclude(signed[0], { sensors: "bad", lock: "untested" })
    assert.deepInclude(signed[1], { sensors: "untested", lock: "untested", command_id: null })
    assert.isFalse(isWalked(walkOf(callDeaf({}, id, true), id)))
  })
})
