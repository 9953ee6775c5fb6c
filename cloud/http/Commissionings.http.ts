/** Signing what was found of the bays of a branch, and reading it. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { may } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import type { Commissioning } from "#core/api/Commissionings.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { NotFound } from "#core/api/Problems.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { NewId } from "../NewId.ts"
import { BranchRecords } from "../store/BranchRecords.ts"
import { Commissionings } from "../store/Commissionings.ts"
import { Once } from "./Once.ts"

export const CommissioningsHttp = HttpApiBuilder.group(
  Api,
  "commissionings",
  Effect.fn(function* (handlers) {
    const branches = yield* BranchRecords
    const commissionings = yield* Commissionings
    const audit = yield* Audit
    const once = yield* Once

    return handlers
      .handle("list", ({ params: { id } }) =>
        Effect.gen(function* () {
          const branch = yield* Effect.orDie(branches.get(id))
          const place = { chainId: branch?.chain_id, branchId: branch?.id }
          if (branch === undefined || !may(yield* CurrentPerson, "device.inspect", place)) {
            return yield* new NotFound({})
          }
          return { items: yield* Effect.orDie(commissionings.of(id)) }
        }),
      )
      .handle("sign", ({ params: { id }, headers, payload }) =>
        Effect.gen(function* () {
          const person = yield* CurrentPerson
          const branch = yield* Effect.orDie(branches.get(id))
          if (branch === undefined) return yield* new NotFound({})
          const place = { chainId: branch.chain_id, branchId: branch.id }
          yield* demand(person, ["controller.probe"], place)
          const sign = Effect.gen(function* () {
            const known = new Map((yield* commissionings.look(id, payload.bays)).map((bay) => [bay.id, bay]))
            const bays: Array<Commissioning["bays"][number]> = []
            for (const bay of payload.bays) {
              const seen = known.get(bay.bay_id)
              if (seen === undefined) {
                const detail = `${bay.bay_id} is no bay of this branch.`
                return yield* new RecordRefused({ reason: "other_branch", detail })
              }
              if (bays.some(({ bay_id }) => bay_id === bay.bay_id)) {
                return yield* new RecordRefused({ reason: "too_many", detail: `Bay ${seen.label} is named twice.` })
              }
              if (bay.lock === "good" && (bay.command_id === null || !seen.opened_by.includes(bay.command_id))) {
                const detail = `No confirmed unlock of bay ${seen.label} is named.`
                return yield* new RecordRefused({ reason: "unproven", detail })
              }
              bays.push({ ...bay, label: seen.label })
            }
            const signed = yield* yield* NewId
            const at = yield* Clock.currentTimeMillis
            const { note } = payload
            yield* commissionings.insert({
              id: signed,
              chainId: branch.chain_id,
              branchId: branch.id,
              by: person,
              at,
              note,
              bays,
            })
            const details = {
              bays: bays.length,
              good: bays.filter(({ lock, sensors }) => lock === "good" && sensors === "good").length,
            }
            const target = { kind: "commissioning", id: signed }
            yield* audit.write({ by: person, action: "branch.commissioned", place, target, details })
            const answer: Commissioning = {
              id: signed,
              branch_id: branch.id,
              signed_by: person.name,
              signed_at: toInstant(at),
              note,
              bays,
            }
            return answer
          })
          const request = ["commissionings.sign", id, { ...payload }]
          const named = { person, key: headers["idempotency-key"], request }
          return yield* Effect.catchTag(once.run(named, sign), "SqlError", Effect.die)
        }),
      )
  }),
)
