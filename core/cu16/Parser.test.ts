import { assert, describe, it } from "vitest"

import { Limits } from "../Limits.ts"
import { randomOf } from "../Random.ts"
import { encode } from "./Codec.ts"
import { acceptedVectors, rejectedVectors } from "./Cu16.vectors.ts"
import type { Cu16Frame } from "./Frame.ts"
import { fromHex, toHex } from "./Hex.ts"
import { Parser, type ParserEvent } from "./Parser.ts"
import { fuzzParser } from "./Parser.fuzz.ts"

const bytesOf = (hex: string) => {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error(`not hex: ${hex}`)
  return bytes
}
const framesIn = (events: ReadonlyArray<ParserEvent>) =>
  events.flatMap((event) => (event._tag === "Frame" ? [event.frame] : []))
const shown = (events: ReadonlyArray<ParserEvent>) => events.map((event) => `${event._tag} ${toHex(event.bytes)}`)
const parse = (...chunks: ReadonlyArray<string>) => {
  const parser = new Parser()
  return shown([...chunks.flatMap((chunk) => parser.push(bytesOf(chunk))), ...parser.reset()])
}

for (const [description, { hex, frame }] of Object.entries(acceptedVectors)) {
  describe(description, () => {
    const bytes = bytesOf(hex)
    it("is found whole, at every split point and byte by byte", () => {
      for (let split = 0; split <= bytes.length; split++) {
        const parser = new Parser()
        const events = [...parser.push(bytes.subarray(0, split)), ...parser.push(bytes.subarray(split))]
        assert.deepStrictEqual(framesIn(events), [frame], `split at ${split}`)
      }
      const parser = new Parser()
      assert.deepStrictEqual(framesIn(Array.from(bytes).flatMap((byte) => parser.push(Uint8Array.of(byte)))), [frame])
    })
    it("is found behind itself cut anywhere, once the bus was silent in between", () => {
      for (let cut = 1; cut < bytes.length; cut++) {
        const parser = new Parser()
        const events = [...parser.push(bytes.subarray(0, cut)), ...parser.reset(), ...parser.push(bytes)]
        assert.deepStrictEqual(framesIn(events), [frame], `cut after ${cut}`)
      }
    })
  })
}

for (const [description, { hex }] of Object.entries(rejectedVectors)) {
  it(`${description} yields no frame, and the next answer is heard`, () => {
    const answer: Cu16Frame = { kind: "status", board: 2, hooks: 0xfffe, presence: 0xffff }
    const parser = new Parser()
    assert.deepStrictEqual(framesIn([...parser.push(bytesOf(hex)), ...parser.reset()]), [])
    assert.deepStrictEqual(framesIn(parser.push(encode(answer))), [answer])
  })
}

it("a failed candidate costs one byte, not its declared length", () =>
  assert.deepStrictEqual(parse("02 00 35 00 00 02 00 30 03 35"), ["Discarded 02 00 35 00 00", "Frame 02 00 30 03 35"]))

it("junk before the start byte, as a driver switching on makes it, is skipped", () =>
  assert.deepStrictEqual(parse("00 FF 02 00 35 00 00 00 00 03 3A"), [
    "Discarded 00 FF",
    "Frame 02 00 35 00 00 00 00 03 3A",
  ]))

it("answers of several boards back to back are all found", () =>
  assert.deepStrictEqual(parse("02 00 36 00 00 00 00 03 3B 02 10", "36 00 00 00 00 03 4B"), [
    "Frame 02 00 36 00 00 00 00 03 3B",
    "Frame 02 10 36 00 00 00 00 03 4B",
  ]))

it("what is unfinished when the bus falls silent is discarded, but a frame inside it is not", () => {
  assert.deepStrictEqual(parse("02 00 35 00"), ["Discarded 02 00 35 00"])
  assert.deepStrictEqual(parse("02 00 35 02 00 30 03 35"), ["Discarded 02 00 35", "Frame 02 00 30 03 35"])
})

it("a stream of start bytes never holds more than one candidate", () => {
  const parser = new Parser()
  const events = parser.push(new Uint8Array(100_000).fill(0x02))
  assert.isAtMost(parser.pendingBytes, 9)
  assert.strictEqual(events.reduce((sum, event) => sum + event.bytes.length, 0) + parser.pendingBytes, 100_000)
  assert.isAtMost(parser.pendingBytes, Limits.parserBufferBytes)
})

describe("50,000 answers, each behind one cut short", () => {
  const random = randomOf(16, "answers")
  const answers = Array.from({ length: 50_000 }, () =>
    encode({
      kind: "status",
      board: random.int(0, 10),
      hooks: random.int(0, 0x10000),
      presence: random.int(0, 0x10000),
    }),
  )
  const cuts = answers.map((answer) => answer.subarray(0, random.int(1, answer.length)))
  const run = (silenceBetween: boolean) => {
    const parser = new Parser()
    let good = 0
    let wrong = 0
    answers.forEach((answer, at) => {
      parser.push(cuts[at] ?? answer)
      if (silenceBetween) parser.reset()
      const found = parser.push(answer).filter((event) => event._tag === "Frame")
      if (found.some((event) => toHex(event.bytes) === toHex(answer))) good++
      wrong += found.filter((event) => toHex(event.bytes) !== toHex(answer)).length
    })
    return { lost: answers.length - good, wrong }
  }
  it("with silence between them none is lost and no wrong one is accepted", () =>
    assert.deepStrictEqual(run(true), { lost: 0, wrong: 0 }))
  it("without silence hardly any is lost", () => assert.isBelow(run(false).lost, 100))
})

it("a million noisy streams break no promise", () => {
  const report = fuzzParser({ streams: 1_000_000, seed: 20_260 })
  assert.isUndefined(report.violation)
  assert.isAbove(report.frames, report.streams)
  assert.isAbove(report.discardedBytes, report.streams)
})
