import { assert, describe, it } from "@effect/vitest"
import { pageOf, positionOf } from "./Page.ts"

const rows = ["a", "b", "c"].map((name, index) => ({ id: `id-${index}`, sort_key: name }))

describe("a page", () => {
  it("names the last row it shows as the place to go on", () => {
    const at = positionOf({ limit: 2 })
    assert.isDefined(at)
    if (at === undefined) return
    const page = pageOf(rows, at, ({ id }) => id)
    assert.deepStrictEqual(page.items, ["id-0", "id-1"])
    assert.deepStrictEqual(positionOf({ limit: 2, cursor: page.next ?? "" }), {
      limit: 2,
      afterKey: "b",
      afterId: "id-1",
    })
  })

  it("has no next when nothing is left", () => {
    const at = positionOf({ limit: 3 })
    assert.isNull(at === undefined ? undefined : pageOf(rows, at, ({ id }) => id).next)
  })

  it("is not found behind a cursor nobody gave", () => {
    for (const cursor of ["", "rubbish", Buffer.from("[1]").toString("base64url")]) {
      assert.isUndefined(positionOf({ cursor }))
    }
  })
})
