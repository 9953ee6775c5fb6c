import { Schema } from "effect"
import { assert, describe, it } from "vitest"

import { deviceExamples } from "./Examples.ts"
import { firstBoot, firstFacts, firstReply, firstSnapshot } from "./FirstRelease.fixture.ts"
import { type DeviceLeaf, deviceMessages } from "./Messages.ts"
import { isNewer } from "./ProtocolVersion.ts"

type Side = "the first release" | "this one"

const first = { boot: firstBoot, "boot/reply": firstReply, events: firstFacts, snapshot: firstSnapshot } as const
type Leaf = keyof typeof first
const leaves = Object.keys(first) as ReadonlyArray<Leaf>

const isTwinFact = (fact: unknown): boolean => Object(fact).fact === "twin"

/** As this release writes it, with everything that came after the first. */
const written = (leaf: Leaf): object => {
  const message = Object(deviceExamples[leaf])
  if (leaf === "events") {
    const facts = message.facts.filter(isTwinFact).map((fact: object) => ({ ...fact, version: 2, placement: 3 }))
    return { ...message, facts }
  }
  if (leaf === "snapshot")
    return { ...message, twins: message.twins.map((twin: object) => ({ ...twin, placement: 3 })) }
  return message
}

const readers: Readonly<Record<Side, (leaf: Leaf) => (message: unknown) => unknown>> = {
  "the first release": (leaf) => Schema.decodeUnknownSync(first[leaf] as Schema.Codec<unknown>),
  "this one": (leaf) => Schema.decodeUnknownSync(deviceMessages[leaf].schema as Schema.Codec<unknown>),
}

const messages: Readonly<Record<Side, (leaf: Leaf) => unknown>> = {
  // What the first release reads of a message is what it would have written.
  "the first release": (leaf) => readers["the first release"](leaf)(written(leaf)),
  "this one": written,
}

describe("versions of the protocol", () => {
  for (const writer of ["the first release", "this one"] as const) {
    for (const reader of ["the first release", "this one"] as const) {
      for (const leaf of leaves) {
        it(`CW-MQTT-701: what ${writer} says on ${leaf} is read by ${reader}`, () => {
          assert.doesNotThrow(() => readers[reader](leaf)(messages[writer](leaf)))
        })
      }
    }
  }

  it("CW-MQTT-701: the first release wrote less than this one, so the table above compares two things", () => {
    for (const leaf of leaves) {
      assert.notDeepEqual(messages["the first release"](leaf), messages["this one"](leaf), leaf)
    }
  })

  const open = (Object.keys(deviceMessages) as ReadonlyArray<DeviceLeaf>).filter((leaf) => leaf !== "commands")
  for (const leaf of open) {
    it(`CW-MQTT-701: a field that is not known here is passed over on ${leaf}`, () => {
      const read = Schema.decodeUnknownSync(deviceMessages[leaf].schema as Schema.Codec<unknown>)
      const message = Object(deviceExamples[leaf])
      assert.deepStrictEqual(read({ ...message, of_a_later_day: { deep: [1, null] } }), read(message))
    })
  }

  it("a newer protocol is known by its number alone", () => {
    assert.isTrue(isNewer({ v: 2 }))
    for (const message of [{ v: 1 }, { v: "2" }, { v: 1.5 }, {}, null, [2], "2"]) assert.isFalse(isNewer(message))
  })
})
