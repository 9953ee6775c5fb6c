/**
 * Looking at a board by its device's own eyes: how it answers, what its inputs are as they come over the wire, what its bus
 * has counted, and its last frames in words. Asking for it moves no lock.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BayId, BoardAddress, CommandId, ControllerId, LockIndex } from "../domain/Ids.ts"
import { Hook, Presence } from "../domain/Bay.ts"
import { Instant } from "../domain/Instant.ts"
import { Limits } from "../Limits.ts"
import { BoardLook, ReportedFrame } from "../wire/BoardReport.ts"
import { BusTelemetry } from "../wire/Telemetry.ts"
import { Authorization } from "./Authorization.ts"
import { ConfigRefused, DeviceConfigView } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound } from "./Problems.ts"
import { Reason } from "./Twins.ts"

const Bit = Schema.Literals([0, 1])

/** What was found at a board when it was probed last. */
export const BoardProbe = Schema.Struct({
  controller_id: ControllerId,
  controller_address: BoardAddress,
  command_id: CommandId,
  at: Instant,
  received_at: Instant,
  looks: Schema.Array(BoardLook),
  /** The raw bits of all sixteen locks; empty if the board did not answer. */
  locks: Schema.Array(Schema.Struct({ lock_index: LockIndex, hook_bit: Bit, presence_bit: Bit })),
})
export type BoardProbe = typeof BoardProbe.Type

/** What the bus of a board has counted since its device's program started. */
export const BoardCounters = Schema.Struct({
  controller_id: ControllerId,
  at: Instant,
  bus: BusTelemetry,
})

export const BoardFrame = Schema.Struct({
  ...ReportedFrame.fields,
  /** What it says, or why it is no frame. */
  text: Schema.String,
})
export const BoardFrames = Schema.Struct({
  controller_id: ControllerId,
  bus: Schema.String,
  at: Instant,
  /** The oldest first. */
  items: Schema.Array(BoardFrame),
})

const params = { id: ControllerId }
const Seen = Schema.Struct({ bay_id: BayId, hook: Hook, presence: Presence })

export class BoardReportsGroup extends HttpApiGroup.make("boardReports")
  .add(
    HttpApiEndpoint.get("probe", "/controllers/:id/probe", {
      params,
      success: BoardProbe,
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "What was found when the board was probed last; `POST` probes it.")
      .annotateMerge(needs("controller.probe")),
    HttpApiEndpoint.get("counters", "/controllers/:id/counters", {
      params,
      success: BoardCounters,
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "What the board's bus has counted, as its device said when it was probed last.")
      .annotateMerge(needs("device.inspect")),
    HttpApiEndpoint.get("frames", "/controllers/:id/frames", {
      params,
      success: BoardFrames,
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        `The last frames on the board's bus when it was probed, at most ${Limits.probeFrames}.`,
      )
      .annotateMerge(needs("frames.tap")),
    HttpApiEndpoint.post("calibrate", "/controllers/:id/calibrate", {
      params,
      payload: Schema.Struct({
        /** What somebody sees at bays of the board, as it was when the board was probed. */
        seen: Schema.Array(Seen).check(Schema.isBetweenLength(1, Limits.locksPerBoard)),
        reason: Reason,
      }),
      success: DeviceConfigView,
      error: [NotFound, Forbidden, ConfigRefused],
    })
      .annotate(
        OpenApi.Description,
        "Works out the polarity of a board's inputs from what somebody sees at its bays and what the board said when it was probed, and makes it the device's configuration. Refused where nothing was probed within ten minutes, or what is seen contradicts itself.",
      )
      .annotateMerge(needs("controller.probe")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Boards", description: "How a lock board answers." })) {}
