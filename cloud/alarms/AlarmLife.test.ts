import { assert, describe, it } from "@effect/vitest"
import { alarmRules } from "#core/alarms/alarmRules.ts"
import { type AlarmLife, lifeAfter, type Seen } from "./AlarmLife.ts"

const t0 = 1_000_000

/** Plays what is seen at these instants and gives the life after each. */
const play = (
  code: string,
  steps: ReadonlyArray<readonly [at: number, seen: Seen]>,
  quietUntilMs = 0,
  from?: AlarmLife,
): ReadonlyArray<AlarmLife | undefined> => {
  const rule = alarmRules.find((one) => one.code === code)
  if (rule === undefined) throw new Error(code)
  let life = from
  return steps.map(([at, seen]) => (life = lifeAfter(rule, life, seen, at, quietUntilMs)))
}

describe.each(alarmRules)("the alarm $code", ({ code, raiseAfterMs, clearAfterMs }) => {
  it("is raised when its condition has lasted, and not a moment before", () => {
    const [first, before, at] = play(code, [
      [t0, "holds"],
      [t0 + Math.max(0, raiseAfterMs - 1), "holds"],
      [t0 + raiseAfterMs, "holds"],
    ])
    if (raiseAfterMs === 0) return assert.deepInclude(first, { phase: "active", raisedAt: t0, times: 1 })
    assert.deepInclude(first, { phase: "latent", dueAt: t0 + raiseAfterMs, raisedAt: null })
    assert.deepInclude(before, { phase: "latent" })
    assert.deepInclude(at, { phase: "active", raisedAt: t0 + raiseAfterMs, times: 1, dueAt: null })
  })

  it("is cleared when its condition has been gone for long enough, and not a moment before", () => {
    const end = t0 + raiseAfterMs + 5_000
    const [, raised, gone, before, at] = play(code, [
      [t0, "holds"],
      [t0 + raiseAfterMs, "holds"],
      [end, "over"],
      [end + Math.max(0, clearAfterMs - 1), "over"],
      [end + clearAfterMs, "over"],
    ])
    assert.deepInclude(raised, { phase: "active" })
    if (clearAfterMs > 0) {
      assert.deepInclude(gone, { phase: "clearing", dueAt: end + clearAfterMs, clearedAt: null })
      assert.deepInclude(before, { phase: "clearing" })
    }
    assert.deepInclude(at, { phase: "cleared", clearedAt: end })
  })

  it("is not raised while the cloud has just started, and then at once", () => {
    const quietUntil = t0 + raiseAfterMs + 7_000
    const [, before, at] = play(
      code,
      [
        [t0, "holds"],
        [quietUntil - 1, "holds"],
        [quietUntil, "holds"],
      ],
      quietUntil,
    )
    assert.deepInclude(before, { phase: "latent", raisedAt: null })
    assert.deepInclude(at, { phase: "active", raisedAt: quietUntil })
  })
})

describe("an alarm", () => {
  it("that ends before it has lasted was never one", () => {
    const lives = play("DEVICE_OFFLINE", [
      [t0, "holds"],
      [t0 + 29_999, "over"],
      [t0 + 40_000, "over"],
    ])
    assert.deepStrictEqual(lives.slice(1), [undefined, undefined])
  })

  it("changes nothing while nobody knows: it is not raised, not cleared, and goes on from where it was", () => {
    const [, unknown, raised, still, , clearing] = play("DEVICE_OFFLINE", [
      [t0, "holds"],
      [t0 + 60_000, "unknown"],
      [t0 + 60_001, "holds"],
      [t0 + 70_000, "unknown"],
      [t0 + 80_000, "over"],
      [t0 + 99_000, "unknown"],
    ])
    assert.deepInclude(unknown, { phase: "latent" })
    assert.deepInclude(raised, { phase: "active", raisedAt: t0 + 60_001 })
    assert.strictEqual(still, raised)
    assert.deepInclude(clearing, { phase: "clearing" })
  })

  it("whose condition returns before it was cleared goes on, and is not counted again", () => {
    const lives = play("DEVICE_OFFLINE", [
      [t0, "holds"],
      [t0 + 30_000, "holds"],
      [t0 + 40_000, "over"],
      [t0 + 44_999, "holds"],
    ])
    assert.deepInclude(lives.at(-1), { phase: "active", times: 1, raisedAt: t0 + 30_000, dueAt: null })
  })

  it("that was cleared and returns is the same alarm, once it has lasted again", () => {
    const lives = play("UNLOCKED_TOO_LONG", [
      [t0, "holds"],
      [t0 + 120_000, "holds"],
      [t0 + 130_000, "over"],
      [t0 + 140_000, "holds"],
      [t0 + 259_999, "holds"],
      [t0 + 260_000, "holds"],
    ])
    assert.deepInclude(lives[3], { phase: "latent", clearedAt: t0 + 130_000, times: 1 })
    assert.deepInclude(lives[4], { phase: "latent" })
    assert.deepInclude(lives[5], { phase: "active", times: 2, raisedAt: t0 + 120_000, clearedAt: null })
  })

  it("that returns and does not last stays cleared as it was", () => {
    const lives = play("UNLOCKED_TOO_LONG", [
      [t0, "holds"],
      [t0 + 120_000, "holds"],
      [t0 + 130_000, "over"],
      [t0 + 140_000, "holds"],
      [t0 + 150_000, "over"],
    ])
    assert.deepInclude(lives.at(-1), { phase: "cleared", clearedAt: t0 + 130_000, times: 1, dueAt: null })
  })
})
