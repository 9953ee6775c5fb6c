/**
 * Boards for tests of the bus: each answers its status query as its script says, all that arrives on the wire is kept
 * with its time, and unlock frames are counted. The boards are real in one point only: they speak real bytes.
 */
import { Clock, Effect, Fiber } from "effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"

import { decode, encode } from "#core/cu16/Codec.ts"
import type { Cu16Frame } from "#core/cu16/Frame.ts"
import { toHex } from "#core/cu16/Hex.ts"

import { makeSimulatedLink, type SimulatedReply } from "../link/SimulatedLink.ts"
import { make } from "./Rs485Bus.ts"

/** What a board does when asked for its status. */
export type Script = (ask: { readonly board: number; readonly bytes: Uint8Array }) => ReadonlyArray<SimulatedReply>

export const statusBytes = (board: number, hooks = 0xffff, presence = 0xffff) =>
  encode({ kind: "status", board, hooks, presence })

export const answers: Script = ({ board }) => [{ bytes: statusBytes(board), afterMs: 1 }]
export const silent: Script = () => []
export const answersAfter =
  (afterMs: number): Script =>
  ({ board }) => [{ bytes: statusBytes(board), afterMs }]

export interface Wire {
  readonly atMs: number
  readonly frame: Cu16Frame
}

/** A link whose boards follow `scripts`; boards without a script are silent. */
export const makeScripted = (scripts: Record<number, Script>) => {
  const wire: Array<Wire> = []
  const link = makeSimulatedLink("simulated bus", {
    receive: (bytes, atMs) => {
      const decoded = decode(bytes)
      if (Result.isFailure(decoded)) throw new Error(`the bus sent ${toHex(bytes)}`)
      const frame = decoded.success
      wire.push({ atMs, frame })
      return frame.kind === "queryStatus" ? (scripts[frame.board]?.({ board: frame.board, bytes }) ?? []) : []
    },
  })
  const unlocks = () => wire.filter(({ frame }) => frame.kind === "unlock" || frame.kind === "unlockAll")
  return { link, wire, unlocks, scripts }
}

/** A bus over scripted boards, open and ready. */
export const openBus = Effect.fnUntraced(function* (scripts: Record<number, Script>) {
  const scripted = makeScripted(scripts)
  const bus = yield* make(scripted.link)
  yield* passUntil(() => bus.health().state === "open")
  return { ...scripted, bus }
})

/** Lets virtual time pass in steps of one millisecond until the effect has ended. */
export const passing = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E>) {
  const fiber = yield* Effect.forkChild(effect)
  yield* passUntil(() => fiber.pollUnsafe() !== undefined)
  return yield* Fiber.join(fiber)
})

export const passUntil = Effect.fnUntraced(function* (done: () => boolean) {
  const startedMs = yield* Clock.currentTimeMillis
  while (!done()) {
    if ((yield* Clock.currentTimeMillis) - startedMs > 60_000) throw new Error("it did not happen within a minute")
    yield* TestClock.adjust(1)
  }
})
