/**
 * Looks at a board for somebody who wants to know how it answers: some reads of it out of turn, what its inputs are as they
 * come over the wire, and the last frames on its bus. It reads and writes nothing else; no lock can move by it.
 */
import { Effect } from "effect"

import { toHex } from "#core/cu16/Hex.ts"
import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { BoardAddress, type CommandId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BoardReport } from "#core/wire/BoardReport.ts"

import type { Rs485Bus } from "../bus/Rs485Bus.ts"
import type { BoardPlace } from "../config/Placement.ts"
import type { Poller } from "../hub/Poller.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import { busTelemetry } from "../sync/Telemetry.ts"

export interface ProbeParts {
  readonly time: DeviceTime
  readonly bus: Rs485Bus
  readonly poller: Poller
}

const answers = {
  Answer: "good",
  NoAnswer: "none",
  Garbled: "garbled",
  PortDown: "port_down",
  QueueFull: "busy",
} as const satisfies Record<StatusRead["_tag"], BoardReport["looks"][number]["answer"]>

/** Gives what was found, without the session that says it. */
export const probeBoard = Effect.fnUntraced(function* (
  { time, bus, poller }: ProbeParts,
  board: BoardPlace,
  commandId: CommandId,
): Effect.fn.Return<Omit<BoardReport, "v" | "session">> {
  const looks: Array<BoardReport["looks"][number]> = []
  let newest: Extract<StatusRead, { _tag: "Answer" }> | undefined
  for (let read = 0; read < Limits.probeReads; read++) {
    if (read > 0) yield* Effect.sleep(Limits.fastPollMs)
    const from = time.monoMs()
    const status = yield* poller.read(board)
    looks.push({ answer: answers[status._tag], ms: Math.round((time.monoMs() - from) * 100) / 100 })
    if (status._tag === "Answer") newest = status
  }
  return {
    command_id: commandId,
    controller: board.controller,
    address: BoardAddress.make(board.address),
    at: toInstant(time.nowMs()),
    looks,
    hook_bits: newest?.hooks ?? null,
    presence_bits: newest?.presence ?? null,
    bus: busTelemetry(bus),
    frames: bus
      .tap()
      .slice(-Limits.probeFrames)
      .map(({ direction, monoMs, bytes }) => ({
        direction,
        at: toInstant(Math.round(time.preciseInstantOf(monoMs))),
        bytes: toHex(bytes).slice(0, frameCharacters),
      })),
  }
})

/** Whole bytes of what the wire has room for. */
const frameCharacters = 200 - (200 % 3) - 1
