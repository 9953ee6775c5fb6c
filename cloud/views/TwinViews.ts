/** Reads twins for people: one, some, or all of a scope, each with what it depends on. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import type { Statement, SqlError } from "effect/sql"
import type { LiveScope, Twin } from "#core/api/Twins.ts"
import { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { UnreadableTwins } from "../store/UnreadableTwins.ts"
import { type Bays, toTwinView, type TwinViewRow } from "#twins/TwinView.ts"

type Read = Effect.Effect<ReadonlyArray<Twin>, SqlError.SqlError>

export class TwinViews extends Context.Service<
  TwinViews,
  {
    readonly one: (ref: TwinRef) => Effect.Effect<Twin | undefined, SqlError.SqlError>
    /** The named twins, every twin of the named devices, and those whose view depends on them. */
    readonly changed: (refs: ReadonlyArray<TwinRef>, devices: ReadonlyArray<string>) => Read
    /** The first twins of a scope, or those after one of them: so many that are read at one time. Fewer are the last. */
    readonly inScope: (scope: LiveScope, after?: TwinRef) => Read
  }
>()("cartwise/cloud/views/TwinViews") {
  static readonly layer = Layer.effect(
    TwinViews,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const suspects = yield* UnreadableTwins

      /** Takes a query that gives kind and id of the twins to read. Bays come first: what one answers counts for its cart too. */
      const read = Effect.fnUntraced(function* (wanted: Statement.Fragment) {
        const rows = yield* sql<TwinViewRow>`
          with wanted as (${wanted})
          select t.kind, t.id, t.label, t.chain_id, t.branch_id, t.device_id, t.machine, t.version, t.value, t.context,
                 t.deadlines, t.revision, t.changed_at, t.fresh_at, ch.simulated,
                 dev.value->>'connection' as connection, con.value->>'link' as link,
                 case when bay.id is null then null else jsonb_build_object(
                   'machine', bay.machine, 'version', bay.version, 'value', bay.value, 'context', bay.context,
                   'deadlines', bay.deadlines, 'revision', bay.revision) end as bay,
                 cart.bay_id, placed.id is not null as has_cart
          from wanted w
          join twins t on t.kind = w.kind and t.id = w.id
          join chains ch on ch.id = t.chain_id
          left join twins dev on dev.kind = 'device' and dev.id = t.device_id
          left join twins con on con.kind = 'controller' and con.id = t.controller_id
          left join carts cart on t.kind = 'cart' and cart.id = t.id
          left join twins bay on bay.kind = 'bay' and bay.id = cart.bay_id
            and not exists (select from wanted b where b.kind = 'bay' and b.id = cart.bay_id)
          left join carts placed on t.kind = 'bay' and placed.bay_id = t.id
          order by t.kind, t.id`
        const nowMs = yield* Clock.currentTimeMillis
        const bays: Bays = new Map()
        return rows.map((row) => {
          const ref = { kind: row.kind, id: row.id }
          return toTwinView(row, nowMs, () => suspects.tell({ ref, replaced: false }), bays)
        })
      })

      /** Boards and bays that were taken out of use are looked at by their name only. */
      const inUse = sql`id not in (
        select id from bays where archived_at is not null union all
        select id from controllers where archived_at is not null)`
      const scoped = (scope: LiveScope): Statement.Fragment => {
        switch (scope.scope) {
          case "all":
            return sql`select kind, id from twins where ${inUse}`
          case "chain":
            return sql`select kind, id from twins where chain_id = ${scope.id}::uuid and ${inUse}`
          case "branch":
            return sql`select kind, id from twins where branch_id = ${scope.id}::uuid and ${inUse}`
          case "twin":
            return sql`select kind, id from twins where kind = ${scope.twin.kind} and id = ${scope.twin.id}::uuid`
        }
      }

      /** What looks different with these: a bay's cart can do what the bay can, a board's bays are as fresh as it. */
      const withDependents = (refs: ReadonlyArray<TwinRef>, devices: ReadonlyArray<string>) => sql`
        with r as (select kind, id from jsonb_to_recordset(${sql.json(refs)}) as r (kind text, id uuid))
        select kind, id from r
        union select 'cart', c.id from carts c join r on r.kind = 'bay' and c.bay_id = r.id
        union select t.kind, t.id from twins t join r on r.kind = 'controller' and t.controller_id = r.id
        union select t.kind, t.id from twins t
        where t.device_id in (select e::uuid from jsonb_array_elements_text(${sql.json(devices)}) as e)`

      return TwinViews.of({
        one: ({ kind, id }) => Effect.map(read(scoped({ scope: "twin", twin: { kind, id } })), ([twin]) => twin),
        changed: (refs, devices) => read(withDependents(refs, devices)),
        inScope: (scope, after) => {
          if ("id" in scope && !isUuid(scope.id)) return Effect.succeed([])
          const left = after === undefined ? sql`true` : sql`(kind, id) > (${after.kind}, ${after.id}::uuid)`
          return read(sql`
            select kind, id from (${scoped(scope)}) as s where ${left} order by kind, id limit ${Limits.liveTwinsRead}`)
        },
      })
    }),
  )
}

const isUuid = Schema.is(TwinRef.fields.id)
