/** How far the line to a device reaches. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { may } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Controllers } from "../store/Controllers.ts"
import { DeviceInsights } from "../store/DeviceInsights.ts"
import { DeviceRecords } from "../store/DeviceRecords.ts"
import { agedBy } from "../views/agedBy.ts"
import { TwinViews } from "../views/TwinViews.ts"

/** As many as a device may have. */
const everyBoard = { limit: Limits.busesPerDevice * Limits.boardsPerBus, afterKey: null, afterId: null }

export const DeviceInsightsHttp = HttpApiBuilder.group(
  Api,
  "deviceInsights",
  Effect.fn(function* (handlers) {
    const records = yield* DeviceRecords
    const controllers = yield* Controllers
    const insights = yield* DeviceInsights
    const aged = agedBy(yield* TwinViews)

    /** The device for somebody who may look at it so; to anybody else it is not there. */
    const seen = Effect.fnUntraced(function* (id: string, capability: Capability) {
      const found = yield* Effect.orDie(records.byId(id))
      const place = { chainId: found?.chainId, branchId: found?.record.branch_id }
      if (found === undefined || !may(yield* CurrentPerson, capability, place)) return yield* new NotFound({})
      return found.record
    })

    return handlers.handleAll({
      connectivity: Effect.fnUntraced(function* ({ params: { id } }) {
        const { connection, sync, health, last_heartbeat, ip_address } = yield* seen(id, "device.view")
        const { items } = yield* aged("controller", yield* Effect.orDie(controllers.list(everyBoard, id)))
        const boards = items.map((board) => ({
          controller_id: board.id,
          port: board.port,
          controller_address: board.controller_address,
          link: board.link,
          stale: board.stale,
          fresh_at: board.fresh_at,
        }))
        return {
          device_id: id,
          connection,
          sync,
          health,
          mqtt: yield* Effect.orDie(insights.session(id)),
          http: last_heartbeat === null ? null : { last_heartbeat, ip_address },
          boards,
          freshest_at:
            boards
              .flatMap(({ fresh_at }) => fresh_at ?? [])
              .toSorted()
              .at(-1) ?? null,
          commands_in_flight: yield* Effect.orDie(insights.inFlight(id)),
        }
      }),
      journal: Effect.fnUntraced(function* ({ params: { id } }) {
        yield* seen(id, "device.inspect")
        return { items: yield* Effect.orDie(insights.journals(id)) }
      }),
    })
  }),
)
