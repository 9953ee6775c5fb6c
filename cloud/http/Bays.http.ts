/** Bays as records. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { may } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import type { BayChange } from "#core/api/Bays.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Commits } from "../live/Commits.ts"
import { Equipment } from "../registry/Equipment.ts"
import { BayRecords } from "../store/BayRecords.ts"
import { BayRows } from "../store/BayRows.ts"
import { BranchRecords } from "../store/BranchRecords.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Transaction } from "../store/Transaction.ts"
import { sensedBy } from "../views/agedBy.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { answeredUnlessInstalled } from "./answeredUnlessInstalled.ts"
import { answered, expectVersion, requireVersion } from "./Changes.ts"

interface Headers {
  readonly "if-match"?: string | undefined
}

const refOf = (id: string): TwinRef => ({ kind: "bay", id })

export const BaysHttp = HttpApiBuilder.group(
  Api,
  "bays",
  Effect.fn(function* (handlers) {
    const records = yield* BayRecords
    const branches = yield* BranchRecords
    const bayRows = yield* BayRows
    const equipment = yield* Equipment
    const offers = yield* ConfigOffers
    const commits = yield* Commits
    const audit = yield* Audit
    const transaction = yield* Transaction
    const sensed = sensedBy(yield* TwinViews)

    const shown = Effect.fnUntraced(function* (id: string) {
      const found = yield* Effect.orDie(records.get(id))
      const { items } = yield* sensed({ items: found === undefined ? [] : [found.bay], next: null })
      return items[0] ?? (yield* Effect.die(new Error("a bay that was changed is gone")))
    })
    /** The bay, held, for somebody who may change it. */
    const held = Effect.fnUntraced(function* (id: string, headers: Headers) {
      const found = yield* Effect.orDie(records.hold(id))
      if (found === undefined) return yield* new NotFound({})
      const place = { chainId: found.chainId, branchId: found.bay.branch_id }
      yield* demand(yield* CurrentPerson, ["equipment.edit"], place)
      yield* expectVersion(headers, found.bay.version)
      return { bay: found.bay, place }
    })
    const deed = Effect.fnUntraced(function* (
      action: AuditAction,
      id: string,
      place: { readonly chainId: string; readonly branchId: string },
    ) {
      yield* audit.write({ by: yield* CurrentPerson, action, place, target: refOf(id), reason: null })
    })
    const tell = (id: string, rows: ReadonlyArray<DeviceConfigRow>) =>
      Effect.andThen(offers.offerAll(rows), commits.publish({ twins: [refOf(id)] }))

    const edited = Effect.fnUntraced(function* (id: string, headers: Headers, change: BayChange) {
      const { bay, place } = yield* held(id, headers)
      if (bay.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      const { label, lock_index, zone_id, is_accessible } = { ...bay, ...change }
      if (zone_id !== null && !(yield* records.hasZones(bay.branch_id, [zone_id]))) {
        return yield* new RecordRefused({ reason: "other_branch", detail: "The branch has no such zone." })
      }
      yield* records.update(id, { label, lock_index, zone_id, is_accessible })
      yield* deed("bay.changed", id, place)
      return yield* equipment.rearrange(bay.device_id, (yield* CurrentPerson).email)
    })
    const edit = (id: string, headers: Headers, change: BayChange) =>
      answeredUnlessInstalled(
        Effect.gen(function* () {
          yield* tell(id, yield* transaction.run(edited(id, headers, change)))
          return yield* shown(id)
        }),
        "label",
      )

    const archived = Effect.fnUntraced(function* (id: string, headers: Headers) {
      const { bay, place } = yield* held(id, headers)
      if (bay.cart !== null) return yield* new RecordRefused({ reason: "has_carts" })
      if (bay.archived_at !== null) return []
      yield* records.archive(id)
      yield* deed("bay.archived", id, place)
      return yield* equipment.rearrange(bay.device_id, (yield* CurrentPerson).email)
    })

    return handlers.handleAll({
      get: Effect.fnUntraced(function* ({ params: { id } }) {
        const found = yield* Effect.orDie(records.get(id))
        if (found === undefined) return yield* new NotFound({})
        const place = { chainId: found.chainId, branchId: found.bay.branch_id }
        if (!may(yield* CurrentPerson, "registry.view", place)) return yield* new NotFound({})
        return yield* answered(shown(id))
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
        yield* tell(id, rows)
        return yield* answered(shown(id))
      }),
      arrange: Effect.fnUntraced(function* ({ params: { id }, headers, payload: { rows } }) {
        const arrange = Effect.gen(function* () {
          const branch = yield* branches.hold(id)
          if (branch === undefined) return yield* new NotFound({})
          const place = { chainId: branch.chain_id, branchId: branch.id }
          yield* demand(yield* CurrentPerson, ["equipment.edit"], place)
          yield* expectVersion(headers, branch.version)
          const unknown = yield* bayRows.arrange(id, rows)
          if (unknown.length > 0) {
            return yield* new RecordRefused({
              reason: "other_branch",
              detail: `No bays of the branch: ${unknown.join(", ")}`,
            })
          }
          const target = { kind: "branch", id }
          yield* audit.write({ by: yield* CurrentPerson, action: "branch.arranged", place, target, reason: null })
        })
        yield* Effect.catchTag(transaction.run(arrange), "SqlError", Effect.die)
        return { rows }
      }),
    })
  }),
)
