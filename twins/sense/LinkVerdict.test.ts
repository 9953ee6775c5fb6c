import { assert, describe, it } from "@effect/vitest"
import { regionWord } from "../Words.ts"
import { initialOf, step } from "../Twin.ts"
import { linkEvents, type LinkVerdict } from "./LinkVerdict.ts"

const verdicts: ReadonlyArray<LinkVerdict> = [
  { link: "polling" },
  { link: "silent" },
  { link: "garbled" },
  { link: "slow", roundMs: 1_500 },
  { link: "busDown", reason: "unplugged" },
]

describe("what a board's link has come to", () => {
  const after = (linkEventsOf: ReadonlyArray<LinkVerdict>) =>
    linkEventsOf.reduce(
      (stored, verdict) =>
        linkEvents(regionWord(stored.value, "link"), verdict, 1).reduce((now, event) => step(now, event).next, stored),
      initialOf("controller", 0),
    )

  it.each(verdicts.flatMap((from) => verdicts.map((to) => [from.link, to.link, from, to] as const)))(
    "leads from %s to %s by ways the machine knows",
    (_, __, from, to) => {
      assert.strictEqual(regionWord(after([from, to]).value, "link"), to.link)
    },
  )

  it("says nothing when nothing has changed", () => {
    for (const verdict of verdicts) assert.deepStrictEqual(linkEvents(verdict.link, verdict, 1), [])
  })
})
