/**
 * A twin as it was, as people see it: the state played again, and whether it was only the last known one, by what was
 * held of its device and board at that moment. Place and label are today's. Nothing can be done in the past.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { type HistoryNotKept, NoSuchMoment } from "#core/api/Problems.ts"
import type { Twin } from "#core/api/Twins.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { regionWord } from "#twins/Words.ts"
import { type Moment, PastStates, type Played } from "../store/PastStates.ts"
import { toTwinView, type TwinViewRow } from "#twins/TwinView.ts"

interface Place extends Pick<TwinViewRow, "label" | "chain_id" | "branch_id" | "device_id" | "simulated" | "revision"> {
  readonly controller_id: string | null
}

export class PastTwins extends Context.Service<
  PastTwins,
  {
    /** Undefined if there is no such twin. */
    readonly find: (
      ref: TwinRef,
      moment: Moment,
    ) => Effect.Effect<Twin | undefined, NoSuchMoment | HistoryNotKept | SqlError.SqlError>
  }
>()("cartwise/cloud/views/PastTwins") {
  static readonly layer = Layer.effect(
    PastTwins,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const states = yield* PastStates

      const placeOf = (ref: TwinRef) => sql<Place>`
        select t.label, t.chain_id, t.branch_id, t.device_id, t.controller_id, t.revision, ch.simulated
        from twins t join chains ch on ch.id = t.chain_id
        where t.kind = ${ref.kind} and t.id = ${ref.id}`

      /** A region of another twin at an instant; null without such a twin, undefined if that is not kept. */
      const wordAt = Effect.fnUntraced(function* (
        kind: TwinRef["kind"],
        id: string | null,
        region: string,
        atMs: number,
      ) {
        if (id === null) return null
        const found = yield* Effect.result(states.find({ kind, id }, { atMs }, 0))
        return found._tag === "Success" ? regionWord(found.success.state.stored.value, region) : undefined
      })

      const show = Effect.fnUntraced(function* (ref: TwinRef, place: Place, played: Played, atMs: number) {
        const { stored, changedAt, freshAt, receivedAt } = played.state
        const isDevice = ref.kind === "device"
        const connection = isDevice ? null : yield* wordAt("device", place.device_id, "connection", atMs)
        const link =
          isDevice || ref.kind === "controller" ? null : yield* wordAt("controller", place.controller_id, "link", atMs)
        const known = connection !== undefined && link !== undefined
        const view = toTwinView(
          {
            ...ref,
            ...place,
            ...stored,
            connection: connection ?? null,
            link: link ?? null,
            changed_at: new Date(changedAt),
            fresh_at: freshAt === null ? null : new Date(freshAt),
            bay: null,
            bay_id: null,
            has_cart: false,
          },
          atMs,
        )
        return {
          ...view,
          ...(known ? {} : { stale: true, stale_reason: "history_not_kept" }),
          can: {},
          past: {
            since: toInstant(receivedAt),
            until: played.until === null ? null : toInstant(played.until),
            newest_revision: place.revision,
            kept_revision: played.kept.revision,
            kept_version: played.kept.version,
            steps: played.steps,
          },
        } satisfies Twin
      })

      return PastTwins.of({
        find: Effect.fn("PastTwins.find")(function* (ref, moment) {
          const [place] = yield* placeOf(ref)
          if (place === undefined) return undefined
          const newest_revision = place.revision
          const isAhead =
            "revision" in moment ? moment.revision > newest_revision : moment.atMs > (yield* Clock.currentTimeMillis)
          if (isAhead) return yield* new NoSuchMoment({ detail: "It has not come so far yet.", newest_revision })
          const played = yield* states.find(ref, moment, newest_revision)
          return yield* show(ref, place, played, "atMs" in moment ? moment.atMs : played.state.receivedAt)
        }),
      })
    }),
  )
}
