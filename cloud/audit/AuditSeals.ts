/**
 * Gives every line of the audit log its seal, in each chain's own row of seals, and checks them. Sealing comes a moment
 * after the commit, by one sealer at a time: whoever acts never waits for anybody else's line, and holds no lock for it.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import type { SqlError } from "effect/sql"
import { type AuditLine, noSeal, sealOf } from "#core/domain/AuditLine.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { columns } from "../store/Columns.ts"
import { type AuditRow, toAuditLine } from "./AuditRow.ts"

/** How a chain's row of seals was found. */
export interface SealReport {
  /** Seals that were looked at, from the first on. */
  readonly checked: number
  /** The last seal that fits; null if there is none yet. Whoever notes it can tell later whether the end was cut off. */
  readonly head: { readonly seq: number; readonly seal: string } | null
  /** The first place that does not fit. */
  readonly broken: { readonly seq: number; readonly what: "missing" | "changed" | "gap" } | null
  /** Lines that should have had their seal long since. */
  readonly unsealed: number
}

interface SealRow extends AuditRow {
  readonly seq: number
  readonly seal: string
  readonly is_there: boolean
}

interface Head {
  readonly chain_id: string | null
  readonly seq: number
  readonly seal: string
}

interface Seal extends Head {
  readonly audit_id: number
}

/** The seals of lines, each after the last of its chain. */
const sealsOf = (lines: ReadonlyArray<AuditLine>, heads: ReadonlyArray<Head>): ReadonlyArray<Seal> => {
  const last = new Map(heads.map((head) => [head.chain_id, head]))
  return lines.map((line) => {
    const before = last.get(line.chain_id)
    const next = {
      audit_id: line.id,
      chain_id: line.chain_id,
      seq: (before?.seq ?? 0) + 1,
      seal: sealOf(before?.seal ?? noSeal, line),
    }
    last.set(line.chain_id, next)
    return next
  })
}

export class AuditSeals extends Context.Service<
  AuditSeals,
  {
    /** Seals the lines that wait, at most so many at once; gives how many. */
    readonly seal: Effect.Effect<number, SqlError.SqlError>
    /** Checks the seals of a chain, or of what concerns none. */
    readonly verify: (chainId: string | null) => Effect.Effect<SealReport, SqlError.SqlError>
  }
>()("cartwise/cloud/audit/AuditSeals") {
  static readonly layer = Layer.effect(
    AuditSeals,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient

      const seal = Effect.gen(function* () {
        const rows = yield* sql<AuditRow>`
          select l.* from audit_unsealed u join audit_log l on l.id = u.audit_id
          order by u.audit_id limit ${Limits.auditSealsAtOnce} for update of u skip locked`
        if (rows.length === 0) return 0
        // One sealer at a time, whatever the number of clouds: the heads that it reads are the last ones.
        yield* sql`select pg_advisory_xact_lock(hashtextextended('cartwise/audit', 0))`
        const lines = rows.map(toAuditLine)
        const chains = [...new Set(lines.map(({ chain_id }) => chain_id))]
        const heads = yield* sql<Head>`
          select h.chain_id, h.seq, h.seal from unnest(${columns.uuid(chains, (id) => id)}) as c (chain_id)
          cross join lateral (
            select s.chain_id, s.seq, s.seal from audit_seals s
            where s.chain_id is not distinct from c.chain_id order by s.seq desc limit 1) h`
        const seals = sealsOf(lines, heads)
        yield* sql`
          insert into audit_seals (audit_id, chain_id, seq, seal)
          select * from unnest(
            ${columns.bigint(seals, ({ audit_id }) => audit_id)}, ${columns.uuid(seals, ({ chain_id }) => chain_id)},
            ${columns.bigint(seals, ({ seq }) => seq)}, ${columns.text(seals, ({ seal }) => seal)})`
        yield* sql`delete from audit_unsealed where audit_id = any(${columns.bigint(seals, ({ audit_id }) => audit_id)})`
        return rows.length
      }).pipe(sql.withTransaction)

      const page = (chainId: string | null, after: number) => sql<SealRow>`
        select s.seq, s.seal, l.id is not null as is_there, l.*
        from audit_seals s left join audit_log l on l.id = s.audit_id
        where s.chain_id is not distinct from ${chainId}::uuid and s.seq > ${after}
        order by s.seq limit ${Limits.auditSealsAtOnce}`

      const verify = Effect.fn("AuditSeals.verify")(function* (chainId: string | null) {
        const now = yield* Clock.currentTimeMillis
        const [late] = yield* sql<{ readonly count: number }>`
          select count(*) as count from audit_log l
          where l.chain_id is not distinct from ${chainId}::uuid
            and l.at < ${toInstant(now - Limits.auditSealGraceMs)}::timestamptz
            and not exists (select 1 from audit_seals s where s.audit_id = l.id)`
        const unsealed = late?.count ?? 0
        let head: SealReport["head"] = null
        for (;;) {
          const from = head?.seq ?? 0
          const rows: ReadonlyArray<SealRow> = yield* page(chainId, from)
          for (const row of rows) {
            const wrong = wrongOf(row, head)
            if (wrong !== undefined) {
              const broken = { seq: (head?.seq ?? 0) + 1, what: wrong }
              return { checked: head?.seq ?? 0, head, broken, unsealed }
            }
            head = { seq: row.seq, seal: row.seal }
          }
          if (rows.length === 0) return { checked: from, head, broken: null, unsealed }
        }
      })

      return AuditSeals.of({ seal, verify })
    }),
  )
}

/** What is wrong with a seal after the last one that fits; undefined if nothing is. */
const wrongOf = (row: SealRow, head: SealReport["head"]) => {
  if (row.seq !== (head?.seq ?? 0) + 1) return "gap" as const
  if (!row.is_there) return "missing" as const
  return sealOf(head?.seal ?? noSeal, toAuditLine(row)) === row.seal ? undefined : ("changed" as const)
}

/** Seals what waits, again and again. */
export const AuditSealing = Layer.effectDiscard(
  Effect.gen(function* () {
    const { seal } = yield* AuditSeals
    const all: Effect.Effect<void, SqlError.SqlError> = Effect.flatMap(seal, (sealed) =>
      sealed < Limits.auditSealsAtOnce ? Effect.void : all,
    )
    const guarded = Effect.catchCause(all, (why) =>
      Effect.logWarning("lines of the audit log could not be sealed and will be", why),
    )
    yield* Effect.forkScoped(Effect.repeat(guarded, Schedule.spaced(Limits.auditSealMs)))
  }),
)
