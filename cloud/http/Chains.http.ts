/** Chains as records. What somebody may not see is not there for him. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson, type Person } from "#core/api/Authorization.ts"
import type { ChainPolicy } from "#core/api/Chains.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { NewId } from "../NewId.ts"
import { type ChainFields, Chains } from "../store/Chains.ts"
import { PlaceCounts } from "../store/PlaceCounts.ts"
import { Transaction } from "../store/Transaction.ts"
import { answered, answeredUnlessTaken, expectVersion, requireVersion } from "./Changes.ts"
import { Once } from "./Once.ts"

const minuteMs = 60_000

/** What holds for a chain that says nothing. */
const usualPolicy: ChainPolicy = {
  lend_minutes: Limits.rentalMs / minuteMs,
  due_soon_minutes: Limits.rentalDueSoonMs / minuteMs,
  grace_minutes: Limits.rentalGraceMs / minuteMs,
  lost_minutes: Limits.rentalLostMs / minuteMs,
}

export const ChainsHttp = HttpApiBuilder.group(
  Api,
  "chains",
  Effect.fn(function* (handlers) {
    const chains = yield* Chains
    const counts = yield* PlaceCounts
    const audit = yield* Audit
    const once = yield* Once
    const newId = yield* NewId
    const transaction = yield* Transaction

    /** The chain as it is, for somebody who may see it. */
    const seen = Effect.fnUntraced(function* (id: string) {
      yield* demand(yield* CurrentPerson, ["registry.view"], { chainId: id }).pipe(
        Effect.mapError(() => new NotFound({})),
      )
      const chain = yield* chains.get(id)
      return chain ?? (yield* new NotFound({}))
    })

    const deed = (person: Person, action: AuditAction, id: string) =>
      audit.write({ by: person, action, place: { chainId: id }, target: { kind: "chain", id } })

    /** Changes the chain, locked meanwhile, and gives it as it is then. */
    const edited = Effect.fnUntraced(function* (
      id: string,
      headers: { readonly "if-match"?: string | undefined },
      change: Partial<ChainFields>,
    ) {
      const person = yield* CurrentPerson
      yield* demand(person, ["chain.edit"], { chainId: id })
      const chain = yield* chains.hold(id)
      if (chain === undefined) return yield* new NotFound({})
      yield* expectVersion(headers, chain.version)
      if (chain.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      const { name, slug, description, active } = { ...chain, ...change }
      if (slug !== chain.slug && (yield* chains.holdsOn(id)).devices) {
        return yield* new RecordRefused({ reason: "in_topics", detail: "The slug is in the topics of its devices." })
      }
      yield* chains.update(id, { name, slug, description, active })
      yield* deed(person, "chain.changed", id)
      return yield* seen(id)
    })
    const edit = (...asked: Parameters<typeof edited>) => transaction.run(edited(...asked))

    return handlers.handleAll({
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const person = yield* CurrentPerson
        yield* demand(person, ["chain.create"], {})
        const make = Effect.gen(function* () {
          const id = yield* newId
          const { description = null, active = true, simulated = false } = payload
          yield* chains.insert({ id, name: payload.name, slug: payload.slug, description, active, simulated })
          yield* deed(person, "chain.created", id)
          return yield* seen(id)
        })
        const request = { person, key: headers["idempotency-key"], request: ["chains", payload] }
        return yield* answeredUnlessTaken(once.run(request, make), "slug")
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        return yield* answered(seen(params.id))
      }),
      replace: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* Effect.andThen(
          requireVersion(headers),
          answeredUnlessTaken(edit(params.id, headers, payload), "slug"),
        )
      }),
      change: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* answeredUnlessTaken(edit(params.id, headers, payload), "slug")
      }),
      archive: Effect.fnUntraced(function* ({ params: { id }, headers }) {
        const person = yield* CurrentPerson
        yield* demand(person, ["chain.create"], { chainId: id })
        const archive = Effect.gen(function* () {
          const chain = yield* chains.hold(id)
          if (chain === undefined) return yield* new NotFound({})
          yield* expectVersion(headers, chain.version)
          if ((yield* chains.holdsOn(id)).branches) return yield* new RecordRefused({ reason: "has_branches" })
          if (chain.archived_at === null) {
            yield* chains.archive(id)
            yield* deed(person, "chain.archived", id)
          }
          return yield* seen(id)
        })
        return yield* answered(transaction.run(archive))
      }),
      policy: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.andThen(seen(params.id), chains.policy(params.id)).pipe(
          Effect.map((said) => ({ ...usualPolicy, ...said })),
          Effect.catchTag("SqlError", Effect.die),
        )
      }),
      setPolicy: Effect.fnUntraced(function* ({ params: { id }, headers, payload }) {
        const person = yield* CurrentPerson
        yield* demand(person, ["policy.edit"], { chainId: id })
        const set = Effect.gen(function* () {
          const chain = yield* chains.hold(id)
          if (chain === undefined) return yield* new NotFound({})
          yield* expectVersion(headers, chain.version)
          yield* chains.setPolicy(id, payload)
          yield* deed(person, "policy.changed", id)
          return payload
        })
        return yield* Effect.catchTag(transaction.run(set), "SqlError", Effect.die)
      }),
      stats: Effect.fnUntraced(function* ({ params }) {
        return yield* Effect.andThen(seen(params.id), counts.of("chain", params.id)).pipe(
          Effect.catchTag("SqlError", Effect.die),
        )
      }),
    })
  }),
)
