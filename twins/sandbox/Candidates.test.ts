import { Schema } from "effect"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { twinEventSchemas } from "#core/domain/TwinEvent.ts"
import { bayClasses } from "../bay/Bay.classes.ts"
import { cartClasses } from "../cart/Cart.classes.ts"
import { controllerClasses } from "../controller/Controller.classes.ts"
import { deviceClasses } from "../device/Device.classes.ts"
import { rentalClasses } from "../rental/Rental.classes.ts"
import { exploreAll } from "../Exploration.fixture.ts"
import { nowMs } from "../MachineCases.fixture.ts"
import { initialOf } from "../Twin.ts"
import { candidatesFor } from "./Candidates.ts"

const typesOf = (kind: TwinKind): ReadonlyArray<string> =>
  twinEventSchemas[kind].members.map(({ fields }) => fields.type.literal)

describe.each(TwinKind.literals)("the candidates for a %s", (kind) => {
  it("name every event of its schema", () => {
    const named = new Set(candidatesFor(initialOf(kind, nowMs), nowMs).map(({ type }) => type as string))
    const missing = typesOf(kind).filter((type) => type !== "deadline.due" && !named.has(type))
    assert.deepStrictEqual(missing, [])
  })
})

describe.each([bayClasses, cartClasses, controllerClasses, deviceClasses, rentalClasses])(
  "in every life of a $kind",
  (classes) => {
    const isEvent = Schema.is(twinEventSchemas[classes.kind])
    const twins = [...exploreAll(classes).twins.values()]

    it("each candidate is an event that its schema takes", () => {
      for (const twin of twins) {
        for (const event of candidatesFor(twin, nowMs)) assert.isTrue(isEvent(event), JSON.stringify(event))
      }
    })

    it("each pending deadline is a candidate, at its own time or now if that has passed", () => {
      for (const twin of twins) {
        const due = candidatesFor(twin, nowMs).filter(({ type }) => type === "deadline.due")
        assert.lengthOf(due, twin.deadlines.length)
        for (const event of due) assert.isAtLeast(event.at, nowMs)
      }
    })
  },
)
