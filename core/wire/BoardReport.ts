/**
 * `devices/{id}/probe`: what a device found when it was asked to look at one of its boards (`probe`). It is for people: no
 * twin is changed by it, and one that is lost is asked for again.
 */
import { Schema } from "effect"
import { Session } from "../domain/Device.ts"
import { BoardAddress, CommandId, ControllerId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Limits } from "../Limits.ts"
import { BusTelemetry } from "./Telemetry.ts"

/** Sixteen raw bits, of lock 0 first; what a bit means is the board's polarity. */
const Bits = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff }))

/** One read of the board. */
export const BoardLook = Schema.Struct({
  answer: Schema.Literals(["good", "none", "garbled", "port_down", "busy"]),
  /** From the request to the answer, queueing included. */
  ms: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 60_000 })),
})

/** A frame on the bus, or bytes that are none. */
export const ReportedFrame = Schema.Struct({
  direction: Schema.Literals(["sent", "heard", "junk"]),
  at: Instant,
  bytes: Schema.String.check(Schema.isPattern(/^(?:[0-9A-F]{2}(?: [0-9A-F]{2})*)?$/u), Schema.isMaxLength(200)),
})
export type ReportedFrame = typeof ReportedFrame.Type

export const BoardReport = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  /** The command that asked for it. */
  command_id: CommandId,
  controller: ControllerId,
  address: BoardAddress,
  at: Instant,
  looks: Schema.Array(BoardLook).check(Schema.isMaxLength(Limits.probeReads)),
  /** The bits of the newest good read; null if there was none. */
  hook_bits: Schema.NullOr(Bits),
  presence_bits: Schema.NullOr(Bits),
  bus: BusTelemetry,
  /** The last frames on the bus of the board, the oldest first. */
  frames: Schema.Array(ReportedFrame).check(Schema.isMaxLength(Limits.probeFrames)),
})
export type BoardReport = typeof BoardReport.Type
