/** What devices shall be configured to and what they say they are; moving carts from bay to bay. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import {
  ConfigRefused,
  type DeviceConfigView,
  type PlacementReason,
  PlacementRefused,
  PreconditionFailed,
  versionOf,
} from "#core/api/Configuration.ts"
import { NotFound } from "#core/api/Problems.ts"
import { deltaOf } from "#core/config/ConfigDelta.ts"
import { BayId, CartId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { demand } from "../access/demand.ts"
import { stateOf } from "../config/Arrangement.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { Placements } from "../config/Placements.ts"
import { Audit } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
import { DeviceConfigs, type DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Devices } from "../store/Devices.ts"
import { Places } from "../store/Places.ts"

const details: Readonly<Record<PlacementReason, string>> = {
  bay_taken: "Another cart belongs in this bay: move that one first.",
  command_in_flight: "A command for the cart or one of the bays is under way. Try again in half a minute.",
  other_chain: "The bay belongs to another chain.",
  device_takes_no_config: "The program of this bay's device takes no configuration: update it first.",
  retired: "The cart is retired.",
}

/** What a device shall be and is, as the API says it. */
export const toView = (deviceId: string, row: DeviceConfigRow | undefined): DeviceConfigView => {
  const device_id = DeviceId.make(deviceId)
  if (row === undefined) return { device_id, state: "unreported", desired: null, reported: null, delta: [] }
  const { desired, reported } = row
  return {
    device_id,
    state: stateOf(row),
    desired: {
      version: desired.version,
      hash: desired.hash,
      document: desired.document,
      changed_at: toInstant(desired.changedAt),
      changed_by: desired.changedBy,
      changed_reason: desired.changedReason,
      offers: desired.offers,
    },
    reported: {
      version: reported.version,
      hash: reported.hash,
      revision: reported.revision,
      document: reported.document,
      applied_at: toInstant(reported.appliedAt),
      reported_at: toInstant(reported.reportedAt),
      refused: reported.refused,
    },
    delta: deltaOf(desired.document, reported.document),
  }
}

interface Placing {
  readonly headers: { readonly "if-match"?: string | undefined }
  readonly params: { readonly id: CartId }
  readonly payload: { readonly bay_id: BayId; readonly reason: string }
}

export const ConfigurationHttp = HttpApiBuilder.group(
  Api,
  "configuration",
  Effect.fn(function* (handlers) {
    const devices = yield* Devices
    const rows = yield* DeviceConfigs
    const configs = yield* Configs
    const placements = yield* Placements
    const offers = yield* ConfigOffers
    const commits = yield* Commits
    const audit = yield* Audit
    const directory = yield* Directory
    const places = yield* Places
    const ifThere = Effect.fnUntraced(function* (deviceId: string, capability: Capability) {
      if (!(yield* Effect.orDie(devices.exists(deviceId)))) return yield* new NotFound({})
      yield* demand(yield* CurrentPerson, [capability], directory.find(deviceId) ?? {})
    })
    /** Both ends of a move are places where the person may move carts. */
    const ifMayMove = Effect.fnUntraced(function* (cartId: string, bayId: string) {
      for (const [kind, id] of [
        ["cart", cartId],
        ["bay", bayId],
      ] as const) {
        const place = yield* Effect.orDie(places.ofTwin(kind, id))
        if (place === undefined) return yield* new NotFound({ detail: `There is no such ${kind}.` })
        yield* demand(yield* CurrentPerson, ["cart.place"], place)
      }
    })

    const place = Effect.fnUntraced(function* ({ headers, params, payload }: Placing) {
      const person = yield* CurrentPerson
      yield* ifMayMove(params.id, payload.bay_id)
      const condition = headers["if-match"]
      const move = {
        cartId: params.id,
        bayId: payload.bay_id,
        expected: condition === undefined ? undefined : versionOf(condition),
      }
      const moving = placements.move(move, { by: person.email, reason: payload.reason })
      const moved = yield* Effect.orDie(
        audit.during(moving, (result) =>
          result.was !== "moved"
            ? undefined
            : {
                by: person,
                action: "cart.placed",
                place: directory.find(result.place.deviceId ?? "") ?? {},
                target: { kind: "cart", id: params.id },
                reason: payload.reason,
                details: { bay_id: payload.bay_id, placement: result.place.placement },
              },
        ),
      )
      switch (moved.was) {
        case "absent":
          return yield* new NotFound({ detail: `There is no such ${moved.what}.` })
        case "stale":
          return yield* new PreconditionFailed({ current: moved.placement })
        case "refused":
          return yield* new PlacementRefused({ reason: moved.reason, detail: details[moved.reason] })
        case "moved":
          yield* offers.offerAll(moved.offers)
          yield* commits.publish({ twins: moved.twins })
      }
      const { bayId, cartId, deviceId, placement } = moved.place
      return {
        cart_id: CartId.make(cartId),
        bay_id: BayId.make(bayId ?? payload.bay_id),
        device_id: DeviceId.make(deviceId ?? ""),
        placement,
      }
    })

    return handlers.handleAll({
      get: Effect.fnUntraced(function* ({ params }) {
        yield* ifThere(params.id, "device.inspect")
        return toView(params.id, yield* Effect.orDie(rows.get(params.id)))
      }),
      change: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const person = yield* CurrentPerson
        yield* ifThere(params.id, "device.configure")
        const { reason, ...change } = payload
        const expected = versionOf(headers["if-match"])
        const changing = configs.change(params.id, expected, change, { by: person.email, reason })
        const changed = yield* Effect.orDie(
          audit.during(changing, (result) =>
            result.was === "stale" || result.was === "refused"
              ? undefined
              : {
                  by: person,
                  action: "device.configured",
                  place: directory.find(params.id) ?? {},
                  target: { kind: "device", id: params.id },
                  reason,
                  details: { version: result.row.desired.version, hash: result.row.desired.hash },
                },
          ),
        )
        if (changed.was === "stale") return yield* new PreconditionFailed({ current: changed.version })
        if (changed.was === "refused") {
          return yield* new ConfigRefused({ reason: changed.reason, detail: changed.detail })
        }
        yield* offers.offerAll([changed.row])
        yield* commits.publish({ devices: [params.id] })
        return toView(params.id, changed.row)
      }),
      place,
      move: place,
    })
  }),
)
