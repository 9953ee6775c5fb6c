/** Branches as records, their switches, hours and zones, and counts of their carts. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { Branch } from "#core/api/Records.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { NewId } from "../NewId.ts"
import { type BranchFields, BranchRecords } from "../store/BranchRecords.ts"
import { Chains } from "../store/Chains.ts"
import { PlaceCounts } from "../store/PlaceCounts.ts"
import { Recounts } from "../store/Recounts.ts"
import { Transaction } from "../store/Transaction.ts"
import { Zones } from "../store/Zones.ts"
import { answered, answeredUnlessTaken, expectVersion, requireVersion, tagged } from "./Changes.ts"
import { Once } from "./Once.ts"

interface Headers {
  readonly "if-match"?: string | undefined
}

const usualZone = "Asia/Jerusalem"

export const BranchesHttp = HttpApiBuilder.group(
  Api,
  "branches",
  Effect.fn(function* (handlers) {
    const branches = yield* BranchRecords
    const chains = yield* Chains
    const zones = yield* Zones
    const recounts = yield* Recounts
    const counts = yield* PlaceCounts
    const audit = yield* Audit
    const once = yield* Once
    const newId = yield* NewId
    const transaction = yield* Transaction

    const placeOf = (branch: Branch) => ({ chainId: branch.chain_id, branchId: branch.id })

    /** The branch, for somebody who may do one of these things there. */
    const allowed = Effect.fnUntraced(function* (
      capability: Capability,
      read: Effect.Effect<Branch | undefined, never>,
    ) {
      const branch = yield* read
      if (branch === undefined) return yield* new NotFound({})
      yield* demand(yield* CurrentPerson, [capability], placeOf(branch))
      return branch
    })
    /** Whoever may not see it hears that it is not there. */
    const seen = (id: string) =>
      Effect.catchTag(allowed("registry.view", Effect.orDie(branches.get(id))), "Forbidden", () =>
        Effect.fail(new NotFound({})),
      )
    const held = (capability: Capability, id: string) => allowed(capability, Effect.orDie(branches.hold(id)))
    const again = (id: string) =>
      Effect.flatMap(Effect.orDie(branches.get(id)), (branch) =>
        branch === undefined ? Effect.die(new Error("a branch that was changed is gone")) : Effect.succeed(branch),
      )

    const deed = Effect.fnUntraced(function* (action: AuditAction, branch: Branch, reason: string | null = null) {
      const target = { kind: "branch", id: branch.id }
      yield* audit.write({ by: yield* CurrentPerson, action, place: placeOf(branch), target, reason })
    })

    const edited = Effect.fnUntraced(function* (id: string, headers: Headers, change: Partial<BranchFields>) {
      const branch = yield* held("branch.edit", id)
      yield* expectVersion(headers, branch.version)
      if (branch.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      const next = { ...branch, ...change }
      if (next.branch_code !== branch.branch_code && (yield* branches.holdsOn(id)).devices) {
        return yield* new RecordRefused({ reason: "in_topics", detail: "The code is in the topics of its devices." })
      }
      yield* branches.update(id, next)
      yield* deed("branch.changed", branch)
      return yield* again(id)
    })
    const edit = (...asked: Parameters<typeof edited>) => transaction.run(edited(...asked))

    const switching = Effect.fnUntraced(function* (
      id: string,
      which: "lending" | "returning",
      { on, reason }: { readonly on: boolean; readonly reason: string },
    ) {
      const branch = yield* held("branch.lending", id)
      if (branch.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      yield* branches.setSwitches(id, { lending: branch.is_lending, returning: branch.is_returning, [which]: on })
      yield* deed(`branch.${which}_${on ? "on" : "off"}`, branch, reason)
      return yield* again(id)
    })
    const switched = (...asked: Parameters<typeof switching>) => transaction.run(switching(...asked))

    /** The zone and its branch, for somebody who may do it there. */
    const heldZone = Effect.fnUntraced(function* (id: string, headers: Headers) {
      const found = yield* Effect.orDie(zones.hold(id))
      if (found === undefined) return yield* new NotFound({})
      const branch = yield* held("branch.edit", found.zone.branch_id)
      yield* expectVersion(headers, found.zone.version)
      return { ...found, branch }
    })
    const zoneAgain = (id: string) =>
      Effect.flatMap(Effect.orDie(zones.get(id)), (found) =>
        found === undefined ? Effect.die(new Error("a zone that was changed is gone")) : Effect.succeed(found.zone),
      )

    return handlers.handleAll({
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const person = yield* CurrentPerson
        yield* demand(person, ["branch.edit"], { chainId: payload.chain_id })
        const make = Effect.gen(function* () {
          const chain = yield* chains.hold(payload.chain_id)
          if (chain === undefined) return yield* new NotFound({ detail: "There is no such chain." })
          if (chain.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
          const id = BranchId.make(yield* newId)
          const { address = null, city = null, latitude = null, longitude = null } = payload
          const { timezone = usualZone, active = true, cart_identity = "bay_bound" } = payload
          yield* branches.insert({
            ...payload,
            id,
            address,
            city,
            latitude,
            longitude,
            timezone,
            active,
            cart_identity,
          })
          const branch = yield* again(id)
          yield* deed("branch.created", branch)
          return branch
        })
        const request = { person, key: headers["idempotency-key"], request: ["branches", payload] }
        return yield* answeredUnlessTaken(once.run(request, make), "branch_code")
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        return yield* answered(seen(params.id))
      }),
      replace: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* Effect.andThen(
          requireVersion(headers),
          answeredUnlessTaken(edit(params.id, headers, payload), "branch_code"),
        )
      }),
      change: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* answeredUnlessTaken(edit(params.id, headers, payload), "branch_code")
      }),
      archive: Effect.fnUntraced(function* ({ params: { id }, headers }) {
        const archive = Effect.gen(function* () {
          const branch = yield* held("branch.edit", id)
          yield* expectVersion(headers, branch.version)
          if ((yield* branches.holdsOn(id)).rentals) return yield* new RecordRefused({ reason: "has_open_rentals" })
          if (branch.archived_at === null) {
            yield* branches.archive(id)
            yield* deed("branch.archived", branch)
          }
          return yield* again(id)
        })
        return yield* answered(transaction.run(archive))
      }),
      stats: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.andThen(seen(params.id), Effect.orDie(counts.of("branch", params.id)))
      }),
      overview: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.zipWith(
          seen(params.id),
          Effect.orDie(counts.of("branch", params.id)),
          (branch, stats) => ({
            branch,
            ...stats,
          }),
        )
      }),
      lending: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* answered(switched(params.id, "lending", payload))
      }),
      returning: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* answered(switched(params.id, "returning", payload))
      }),
      hours: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.andThen(seen(params.id), Effect.orDie(branches.hours(params.id)))
      }),
      setHours: Effect.fnUntraced(function* ({ params: { id }, headers, payload }) {
        const set = Effect.gen(function* () {
          const branch = yield* held("branch.hours", id)
          yield* expectVersion(headers, branch.version)
          yield* branches.setHours(id, payload)
          yield* deed("branch.hours_changed", branch)
          return payload
        })
        return yield* Effect.catchTag(transaction.run(set), "SqlError", Effect.die)
      }),
      zones: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.andThen(seen(params.id), Effect.orDie(zones.list(params.id))).pipe(
          Effect.map((items) => ({ items })),
        )
      }),
      createZone: Effect.fnUntraced(function* ({ params, headers, payload: { name } }) {
        const person = yield* CurrentPerson
        const make = Effect.gen(function* () {
          const branch = yield* held("branch.edit", params.id)
          if (branch.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
          const id = yield* newId
          yield* zones.insert({ id, chainId: branch.chain_id, branchId: branch.id, name })
          yield* deed("zone.created", branch)
          return yield* zoneAgain(id)
        })
        const request = { person, key: headers["idempotency-key"], request: ["zones", params.id, name] }
        return yield* answeredUnlessTaken(once.run(request, make), "name")
      }),
      zone: Effect.fnUntraced(function* ({ params }) {
        const found = yield* Effect.orDie(zones.get(params.id))
        if (found === undefined) return yield* new NotFound({})
        yield* seen(found.zone.branch_id)
        return yield* tagged(found.zone)
      }),
      replaceZone: Effect.fnUntraced(function* ({ params: { id }, headers, payload: { name } }) {
        const rename = Effect.gen(function* () {
          const { zone, branch } = yield* heldZone(id, headers)
          if (zone.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
          yield* zones.rename(id, name)
          yield* deed("zone.changed", branch)
          return yield* zoneAgain(id)
        })
        return yield* Effect.andThen(requireVersion(headers), answeredUnlessTaken(transaction.run(rename), "name"))
      }),
      archiveZone: Effect.fnUntraced(function* ({ params: { id }, headers }) {
        const archive = Effect.gen(function* () {
          const { zone, branch } = yield* heldZone(id, headers)
          if (zone.archived_at === null) {
            yield* zones.archive(id)
            yield* deed("zone.archived", branch)
          }
          return yield* zoneAgain(id)
        })
        return yield* answered(transaction.run(archive))
      }),
      recount: Effect.fnUntraced(function* ({ params, headers, payload: { seen: numbers } }) {
        const person = yield* CurrentPerson
        const count = Effect.gen(function* () {
          const branch = yield* held("cart.state", params.id)
          const at = toInstant(yield* Clock.currentTimeMillis)
          const counted = { id: yield* newId, chainId: branch.chain_id, branchId: branch.id, by: person.email, at }
          const recount = yield* recounts.take(counted, [...new Set(numbers)])
          yield* deed("branch.recounted", branch)
          return recount
        })
        const request = { person, key: headers["idempotency-key"], request: ["recounts", params.id, numbers] }
        return yield* Effect.catchTag(once.run(request, count), "SqlError", Effect.die)
      }),
    })
  }),
)
