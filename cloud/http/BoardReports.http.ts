/** What devices found at their boards. */
import { Clock, Effect, Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { ConfigRefused } from "#core/api/Configuration.ts"
import { NotFound } from "#core/api/Problems.ts"
import { decode } from "#core/cu16/Codec.ts"
import { describeFrame } from "#core/cu16/FrameText.ts"
import { fromHex } from "#core/cu16/Hex.ts"
import { polarityOf } from "#core/cu16/polarity.ts"
import { ControllerId, LockIndex } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { Commits } from "../live/Commits.ts"
import { BayRecords } from "../store/BayRecords.ts"
import { BoardReports } from "../store/BoardReports.ts"
import { ControllerRecords } from "../store/ControllerRecords.ts"
import { toView } from "./Configuration.http.ts"

const notProbed = "The board was not probed yet: POST /api/controllers/{id}/probe."
const lockIndexes = Array.from({ length: Limits.locksPerBoard }, (_, index) => index)
const bitOf = (bits: number, index: number) => (((bits >> index) & 1) === 1 ? 1 : 0)

export const BoardReportsHttp = HttpApiBuilder.group(
  Api,
  "boardReports",
  Effect.fn(function* (handlers) {
    const controllers = yield* ControllerRecords
    const bays = yield* BayRecords
    const reports = yield* BoardReports
    const configs = yield* Configs
    const offers = yield* ConfigOffers
    const commits = yield* Commits
    const audit = yield* Audit

    /** The board for somebody who may do that there. */
    const reach = Effect.fnUntraced(function* (id: string, capability: Capability) {
      const found = yield* Effect.orDie(controllers.get(id))
      if (found === undefined) return yield* new NotFound({})
      const place = { chainId: found.chainId, branchId: found.controller.branch_id }
      yield* demand(yield* CurrentPerson, [capability], place)
      return { ...found, place }
    })
    const newest = Effect.fnUntraced(function* (id: string) {
      return (yield* Effect.orDie(reports.of(id))) ?? (yield* new NotFound({ detail: notProbed }))
    })

    return handlers.handleAll({
      probe: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* reach(id, "controller.probe")
        const { report, receivedAt } = yield* newest(id)
        const { hook_bits: hooks, presence_bits: presences, address, command_id, at, looks } = report
        return {
          controller_id: ControllerId.make(id),
          controller_address: address,
          command_id,
          at,
          received_at: toInstant(receivedAt),
          looks,
          locks:
            hooks === null || presences === null
              ? []
              : lockIndexes.map((index) => ({
                  lock_index: LockIndex.make(index),
                  hook_bit: bitOf(hooks, index),
                  presence_bit: bitOf(presences, index),
                })),
        } as const
      }),
      counters: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* reach(id, "device.inspect")
        const { report } = yield* newest(id)
        return { controller_id: ControllerId.make(id), at: report.at, bus: report.bus }
      }),
      frames: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* reach(id, "frames.tap")
        const { report } = yield* newest(id)
        const items = report.frames.map((frame) => ({ ...frame, text: textOf(frame.bytes) }))
        return { controller_id: ControllerId.make(id), bus: report.bus.name, at: report.at, items }
      }),
      calibrate: Effect.fnUntraced(function* ({ params: { id }, payload: { seen, reason } }) {
        const person = yield* CurrentPerson
        const { controller, place } = yield* reach(id, "controller.probe")
        const found = yield* Effect.orDie(reports.of(id))
        const age = (yield* Clock.currentTimeMillis) - (found?.receivedAt ?? 0)
        const { hook_bits: hooks = null, presence_bits: presences = null } = found?.report ?? {}
        if (hooks === null || presences === null || age > Limits.calibrateWithinMs) {
          return yield* new ConfigRefused({ reason: "not_probed", detail: notProbed })
        }
        const locks = yield* Effect.forEach(seen, ({ bay_id, hook, presence }) =>
          Effect.flatMap(Effect.orDie(bays.get(bay_id)), (one) =>
            one?.bay.controller_id === id && one.bay.archived_at === null
              ? Effect.succeed({ lockIndex: one.bay.lock_index, hook, presence })
              : Effect.fail(new ConfigRefused({ reason: "unknown_place", detail: `The board has no bay ${bay_id}.` })),
          ),
        )
        const polarity = polarityOf({ hooks, presences }, locks)
        if (polarity === undefined) {
          const detail = "No polarity fits all that is seen: look again, or look for a sensor that is wired wrongly."
          return yield* new ConfigRefused({ reason: "contradictory", detail })
        }
        const change = { boards: [{ id: controller.id, ...polarity }] }
        const changing = configs.change(controller.device_id, undefined, change, { by: person.email, reason })
        const changed = yield* Effect.orDie(
          audit.during(changing, ({ was }) =>
            was === "changed"
              ? {
                  by: person,
                  action: "controller.calibrated",
                  place,
                  target: { kind: "controller", id },
                  reason,
                  details: polarity,
                }
              : undefined,
          ),
        )
        if (changed.was === "refused")
          return yield* new ConfigRefused({ reason: changed.reason, detail: changed.detail })
        if (changed.was === "stale") return yield* Effect.die(new Error("no version was asked for"))
        yield* offers.offerAll([changed.row])
        yield* commits.publish({ devices: [controller.device_id] })
        return toView(controller.device_id, changed.row)
      }),
    })
  }),
)

/** A frame in words, or why it is none. */
const textOf = (hex: string): string => {
  const bytes = fromHex(hex)
  if (bytes === undefined) return "no bytes"
  const frame = decode(bytes)
  return Result.isSuccess(frame) ? describeFrame(frame.success) : `no frame: ${frame.failure._tag}`
}
