/** Boards as records, and installing bays on them. */
import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { may, scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import type { ControllerChange } from "#core/api/Controllers.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Commits } from "../live/Commits.ts"
import { type DevicePlace, Equipment } from "../registry/Equipment.ts"
import { BayRecords } from "../store/BayRecords.ts"
import { Bays } from "../store/Bays.ts"
import { ControllerRecords } from "../store/ControllerRecords.ts"
import { Controllers } from "../store/Controllers.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { DeviceRecords } from "../store/DeviceRecords.ts"
import { Transaction } from "../store/Transaction.ts"
import { agedBy, sensedBy } from "../views/agedBy.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { answeredUnlessInstalled } from "./answeredUnlessInstalled.ts"
import { answered, expectVersion, requireVersion } from "./Changes.ts"
import { Once } from "./Once.ts"
import { position } from "./Registry.http.ts"

interface Headers {
  readonly "if-match"?: string | undefined
}

export const ControllersHttp = HttpApiBuilder.group(
  Api,
  "controllers",
  Effect.fn(function* (handlers) {
    const records = yield* ControllerRecords
    const lists = yield* Controllers
    const bays = yield* Bays
    const bayRecords = yield* BayRecords
    const devices = yield* DeviceRecords
    const equipment = yield* Equipment
    const offers = yield* ConfigOffers
    const commits = yield* Commits
    const audit = yield* Audit
    const once = yield* Once
    const transaction = yield* Transaction
    const views = yield* TwinViews
    const aged = agedBy(views)
    const sensed = sensedBy(views)

    const shown = Effect.fnUntraced(function* (id: string) {
      const found = yield* Effect.orDie(records.get(id))
      if (found === undefined) return yield* Effect.die(new Error("a board that was changed is gone"))
      const { items } = yield* aged("controller", { items: [found.controller], next: null })
      return items[0] ?? (yield* Effect.die(new Error("a board has no view")))
    })
    const shownBay = Effect.fnUntraced(function* (id: string) {
      const found = yield* Effect.orDie(bayRecords.get(id))
      if (found === undefined) return yield* Effect.die(new Error("a bay that was installed is gone"))
      const { items } = yield* sensed({ items: [found.bay], next: null })
      return items[0] ?? (yield* Effect.die(new Error("a bay has no view")))
    })
    /** The board for somebody who may look at it; to anybody else it is not there. */
    const seen = Effect.fnUntraced(function* (id: string, capability: Capability) {
      const found = yield* Effect.orDie(records.get(id))
      if (found === undefined) return yield* new NotFound({})
      const place = { chainId: found.chainId, branchId: found.controller.branch_id }
      if (!may(yield* CurrentPerson, capability, place)) return yield* new NotFound({})
      return found
    })
    /** The board, held, for somebody who may change it. */
    const held = Effect.fnUntraced(function* (id: string) {
      const found = yield* Effect.orDie(records.hold(id))
      if (found === undefined) return yield* new NotFound({})
      const place = {
        chainId: found.chainId,
        branchId: found.controller.branch_id,
        deviceId: found.controller.device_id,
      }
      yield* demand(yield* CurrentPerson, ["equipment.edit"], place)
      return { ...found, place }
    })
    const deed = Effect.fnUntraced(function* (
      action: AuditAction,
      { chainId, branchId }: DevicePlace,
      target: TwinRef,
    ) {
      yield* audit.write({ by: yield* CurrentPerson, action, place: { chainId, branchId }, target, reason: null })
    })
    /** Tells the device and whoever is looking, after the commit. */
    const tell = (rows: ReadonlyArray<DeviceConfigRow>, twins: ReadonlyArray<TwinRef>) =>
      Effect.andThen(offers.offerAll(rows), commits.publish({ twins }))

    const edited = Effect.fnUntraced(function* (id: string, headers: Headers, change: ControllerChange) {
      const { controller, place } = yield* held(id)
      yield* expectVersion(headers, controller.version)
      if (controller.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      const { controller_address, port, baudrate } = { ...controller, ...change }
      yield* equipment.expectRoom(place.deviceId, port, id)
      yield* records.update(id, { controller_address, port, baudrate })
      yield* deed("controller.changed", place, { kind: "controller", id })
      return yield* shown(id)
    })
    const edit = (...asked: Parameters<typeof edited>) =>
      answeredUnlessInstalled(transaction.run(edited(...asked)), "controller_address")

    const archived = Effect.fnUntraced(function* (id: string, headers: Headers) {
      const { controller, place } = yield* held(id)
      yield* expectVersion(headers, controller.version)
      if (yield* records.hasCarts(id)) return yield* new RecordRefused({ reason: "has_carts" })
      if (controller.archived_at !== null) return []
      yield* records.archive(id)
      yield* deed("controller.archived", place, { kind: "controller", id })
      return yield* equipment.rearrange(place.deviceId, (yield* CurrentPerson).email)
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const scope = scopeOf(yield* CurrentPerson, "device.view")
        const filter = { scope, branchId: query.branch_id, deviceId: query.device_id, status: query.status }
        return yield* aged("controller", yield* Effect.orDie(lists.search(yield* position(query), filter)))
      }),
      install: Effect.fnUntraced(function* ({ params, headers, payload }) {
        const person = yield* CurrentPerson
        const found = yield* Effect.orDie(devices.byId(params.id))
        if (found === undefined) return yield* new NotFound({ detail: "There is no such device." })
        const place = { chainId: found.chainId, branchId: found.record.branch_id, deviceId: params.id }
        yield* demand(person, ["equipment.edit"], place)
        let made:
          { readonly twins: ReadonlyArray<TwinRef>; readonly offers: ReadonlyArray<DeviceConfigRow> } | undefined
        const make = Effect.gen(function* () {
          const installed = yield* equipment.installBoard(place, payload, person.email)
          made = installed
          yield* deed("controller.installed", place, { kind: "controller", id: installed.id })
          return yield* shown(installed.id)
        })
        const request = {
          person,
          key: headers["idempotency-key"],
          request: ["controllers", params.id, asJson(payload)],
        }
        const board = yield* answeredUnlessInstalled(once.run(request, make), "controller_address")
        if (made !== undefined) yield* tell(made.offers, made.twins)
        return board
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        return yield* answered(Effect.andThen(seen(params.id, "device.view"), shown(params.id)))
      }),
      replace: Effect.fnUntraced(function* ({ params, headers, payload }) {
        yield* requireVersion(headers)
        return yield* edit(params.id, headers, payload)
      }),
      change: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* edit(params.id, headers, payload)
      }),
      archive: Effect.fnUntraced(function* ({ params: { id }, headers }) {
        const rows = yield* Effect.catchTag(transaction.run(archived(id, headers)), "SqlError", Effect.die)
        yield* tell(rows, [{ kind: "controller", id }])
        return yield* answered(shown(id))
      }),
      bays: Effect.fnUntraced(function* ({ params, query }) {
        yield* seen(params.id, "registry.view")
        return yield* sensed(yield* Effect.orDie(bays.ofController(yield* position(query), params.id)))
      }),
      installBay: Effect.fnUntraced(function* ({ params, headers, payload }) {
        const person = yield* CurrentPerson
        let made:
          { readonly twins: ReadonlyArray<TwinRef>; readonly offers: ReadonlyArray<DeviceConfigRow> } | undefined
        const make = Effect.gen(function* () {
          const { controller, place } = yield* held(params.id)
          if (controller.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
          const installed = yield* equipment.installBay(place, params.id, payload, person.email)
          made = installed
          yield* deed("bay.installed", place, { kind: "bay", id: installed.id })
          return yield* shownBay(installed.id)
        })
        const request = { person, key: headers["idempotency-key"], request: ["bays", params.id, asJson(payload)] }
        const bay = yield* answeredUnlessInstalled(once.run(request, make), "label")
        if (made !== undefined) yield* tell(made.offers, made.twins)
        return bay
      }),
    })
  }),
)

const asJson = (payload: object): Schema.Json => JSON.parse(JSON.stringify(payload))
