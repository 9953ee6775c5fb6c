/** What every broker promises to its clients, as far as the product relies on it. */
import { assert, it } from "@effect/vitest"

/** A client of a broker, by whatever means. */
export interface ContractClient {
  readonly publish: (topic: string, payload: string, retain: boolean) => void
  /** Everything heard so far, as `topic payload`, with `!` before what came with the retain flag. */
  readonly heard: () => ReadonlyArray<string>
  readonly isOpen: () => boolean
  /** Says good-bye. */
  readonly leave: () => Promise<void>
  /** Is gone without a word. */
  readonly die: () => Promise<void>
}

export interface ContractBroker {
  readonly connect: (
    clientId: string,
    subscriptions: ReadonlyArray<string>,
    will?: { readonly topic: string; readonly payload: string },
  ) => Promise<ContractClient>
  /** Lets everything that is under way arrive; `until` says when it has. */
  readonly settle: (until: () => boolean) => Promise<void>
}

export const brokerContract = (name: string, start: () => Promise<ContractBroker>): void => {
  it(`${name} hands a message to everybody who asked for it by a wildcard, once, in order`, async () => {
    const broker = await start()
    const one = await broker.connect("one", ["a/+/c"])
    const other = await broker.connect("other", ["a/b/d"])
    const speaker = await broker.connect("speaker", [])
    for (const payload of ["1", "2", "3"]) speaker.publish("a/b/c", payload, false)
    await broker.settle(() => one.heard().length >= 3)
    assert.deepStrictEqual(one.heard(), ["a/b/c 1", "a/b/c 2", "a/b/c 3"])
    assert.deepStrictEqual(other.heard(), [])
  })

  it(`${name} keeps the newest retained message of a topic, and flags it only for who comes later`, async () => {
    const broker = await start()
    const early = await broker.connect("early", ["r/#"])
    const speaker = await broker.connect("speaker", [])
    speaker.publish("r/x", "old", true)
    speaker.publish("r/x", "new", true)
    speaker.publish("r/y", "gone", true)
    speaker.publish("r/y", "", true)
    await broker.settle(() => early.heard().length >= 4)
    assert.deepStrictEqual(early.heard(), ["r/x old", "r/x new", "r/y gone", "r/y "])
    const late = await broker.connect("late", ["r/#"])
    await broker.settle(() => late.heard().length >= 1)
    assert.deepStrictEqual(late.heard(), ["!r/x new"])
  })

  it(`${name} says the last will of a client that is gone without a word, and keeps it`, async () => {
    const broker = await start()
    const witness = await broker.connect("witness", ["w/#"])
    const mortal = await broker.connect("mortal", [], { topic: "w/mortal", payload: "dead" })
    await mortal.die()
    await broker.settle(() => witness.heard().length >= 1)
    assert.deepStrictEqual(witness.heard(), ["w/mortal dead"])
    const late = await broker.connect("late", ["w/#"])
    await broker.settle(() => late.heard().length >= 1)
    assert.deepStrictEqual(late.heard(), ["!w/mortal dead"])
  })

  it(`${name} says no last will of a client that said good-bye`, async () => {
    const broker = await start()
    const witness = await broker.connect("witness", ["w/#", "x"])
    const polite = await broker.connect("polite", [], { topic: "w/polite", payload: "dead" })
    await polite.leave()
    const speaker = await broker.connect("speaker", [])
    speaker.publish("x", "after", false)
    await broker.settle(() => witness.heard().length >= 1)
    assert.deepStrictEqual(witness.heard(), ["x after"])
  })

  it(`${name} closes the connection of a client whose id another one takes`, async () => {
    const broker = await start()
    const before = await broker.connect("same", ["x"])
    const after = await broker.connect("same", ["x"])
    await broker.settle(() => !before.isOpen())
    assert.isFalse(before.isOpen())
    assert.isTrue(after.isOpen())
  })

  it(`${name} keeps nothing for a client that is away`, async () => {
    const broker = await start()
    const away = await broker.connect("away", ["x"])
    await away.leave()
    const speaker = await broker.connect("speaker", ["x"])
    speaker.publish("x", "missed", false)
    await broker.settle(() => speaker.heard().length >= 1)
    const back = await broker.connect("away", ["x"])
    speaker.publish("x", "heard", false)
    await broker.settle(() => back.heard().length >= 1)
    assert.deepStrictEqual(back.heard(), ["x heard"])
  })
}
