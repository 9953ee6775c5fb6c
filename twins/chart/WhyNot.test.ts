import { assert, describe, it } from "vitest"
import { CommandId } from "#core/domain/Ids.ts"
import { bayClasses } from "../bay/Bay.classes.ts"
import { cartClasses } from "../cart/Cart.classes.ts"
import { controllerClasses } from "../controller/Controller.classes.ts"
import { deviceClasses } from "../device/Device.classes.ts"
import { exploreAll } from "../Exploration.fixture.ts"
import { nowMs, storedOf } from "../MachineCases.fixture.ts"
import { whyNotTaken } from "./WhyNot.ts"

const parked = storedOf("bay", {
  value: { latch: "secured" },
  context: { hook: "closed", presence: "present" },
})
const commandId = CommandId.make("00000000-0000-4000-8000-000000000009")

describe("why not", () => {
  it("says what a taken event would enter, and changes nothing", () => {
    const event = { type: "bay.unlock", commandId, expiresAt: nowMs + 5_000, at: nowMs } as const
    const before = JSON.stringify(parked)
    const answer = whyNotTaken(parked, event)
    assert.isTrue(answer.taken && answer.enters.includes("latch.releasing.pulsing"))
    assert.strictEqual(JSON.stringify(parked), before)
  })

  it("names the condition that does not hold", () => {
    const disabled = { ...parked, value: { latch: "secured", sensor: "trusted", service: "disabled" } }
    const answer = whyNotTaken(disabled, { type: "bay.unlock", commandId, expiresAt: nowMs + 5_000, at: nowMs })
    assert.deepInclude(answer, { taken: false, reason: "bay_disabled", knownIn: [] })
    assert.isTrue(!answer.taken && answer.guards.some((guard) => guard.includes("enabled")))
  })

  it("names the states in which an event means something that means nothing now", () => {
    const answer = whyNotTaken(parked, { type: "bay.jamCleared", at: nowMs })
    assert.deepInclude(answer, { taken: false, guards: [], knownIn: ["latch.jammed"] })
  })

  it.each([bayClasses, cartClasses, controllerClasses, deviceClasses])(
    "has an explanation for every refusal a $kind can give",
    (classes) => {
      let refused = 0
      for (const { before, event, stepped } of exploreAll(classes).tried) {
        const answer = whyNotTaken(before, event)
        assert.strictEqual(answer.taken, stepped.accepted)
        if (answer.taken || answer.reason === "deadline_not_pending") continue
        refused += 1
        const because = answer.guards.length + answer.knownIn.length
        assert.isAbove(because, 0, `${JSON.stringify(before.value)} on ${event.type}`)
      }
      assert.isAbove(refused, 10)
    },
  )
})
