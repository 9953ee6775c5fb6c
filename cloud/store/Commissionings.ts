/** Reports of commissioning, as they were signed: written once, never changed. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { type BayFound, Commissioning } from "#core/api/Commissionings.ts"
import { BranchId, type UserId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

interface Row {
  readonly id: string
  readonly branch_id: string
  readonly signed_name: string
  readonly signed_at: Date
  readonly note: string | null
  readonly bays: unknown
}

const readBays = Schema.decodeUnknownSync(Commissioning.fields.bays)

const toCommissioning = ({ id, branch_id, signed_name, signed_at, note, bays }: Row): Commissioning => ({
  id,
  branch_id: BranchId.make(branch_id),
  signed_by: signed_name,
  signed_at: toInstant(signed_at.getTime()),
  note,
  bays: readBays(bays),
})

/** A bay as it can be signed for: what is printed on it, and which of the named unlocks opened it. */
export interface SignedBay {
  readonly id: string
  readonly label: string
  readonly opened_by: ReadonlyArray<string>
}

export interface Signature {
  readonly id: string
  readonly chainId: string
  readonly branchId: string
  readonly by: { readonly userId: UserId; readonly name: string }
  readonly at: number
  readonly note: string | null
  readonly bays: Commissioning["bays"]
}

export class Commissionings extends Context.Service<
  Commissionings,
  {
    /** The newest of a branch. */
    readonly of: (branchId: string) => Effect.Effect<ReadonlyArray<Commissioning>, SqlError.SqlError>
    /** The bays of the branch among these, each with those of the named commands that are confirmed unlocks of it. */
    readonly look: (
      branchId: string,
      bays: ReadonlyArray<BayFound>,
    ) => Effect.Effect<ReadonlyArray<SignedBay>, SqlError.SqlError>
    readonly insert: (signature: Signature) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Commissionings") {
  static readonly layer = Layer.effect(
    Commissionings,
    Effect.map(PgClient.PgClient, (sql) =>
      Commissionings.of({
        of: (branchId) =>
          Effect.map(
            sql<Row>`
              select id, branch_id, signed_name, signed_at, note, bays from commissionings
              where branch_id = ${branchId} order by signed_at desc, id limit ${Limits.commissioningsListed}`,
            (rows) => rows.map(toCommissioning),
          ),
        look: (branchId, bays) => {
          const ids = bays.map(({ bay_id }) => bay_id)
          const commands = bays.flatMap(({ command_id }) => command_id ?? [])
          return sql<SignedBay>`
            select b.id, b.label, array(
              select c.id::text from commands c
              where c.id = any (${commands}::uuid[]) and c.kind = 'unlock' and c.stage = 'confirmed'
                and c.target_kind = 'bay' and c.target_id = b.id) as opened_by
            from bays b
            where b.branch_id = ${branchId} and b.archived_at is null and b.id = any (${ids}::uuid[])`
        },
        insert: ({ id, chainId, branchId, by, at, note, bays }) =>
          Effect.asVoid(sql`
            insert into commissionings (id, chain_id, branch_id, signed_by, signed_name, signed_at, note, bays)
            values (${id}, ${chainId}, ${branchId}, ${by.userId}, ${by.name}, ${toInstant(at)}::timestamptz, ${note},
                    ${sql.json(bays)}::jsonb)`),
      }),
    ),
  )
}
