/** Finding things by what is printed on them or said of them. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { SearchHit, SearchKind } from "#core/api/Search.ts"
import { BayId, BranchId, ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { scopeCondition } from "../access/scopeCondition.ts"

/** Where somebody may look for what. */
export interface SearchScopes {
  readonly registry: AccessScope
  readonly devices: AccessScope
  readonly rentals: AccessScope
  /** Where only rentals that began after an instant are seen. */
  readonly recentRentals: AccessScope
  readonly recentSinceMs: number
}

interface Row {
  readonly kind: SearchKind
  readonly id: string
  readonly label: string
  readonly detail: string | null
  readonly chain_id: string
  readonly branch_id: string
  readonly branch_name: string
  readonly bay_id: string | null
}

const toHit = (row: Row): SearchHit => ({
  kind: row.kind,
  id: row.id,
  label: row.label,
  detail: row.detail,
  chain_id: ChainId.make(row.chain_id),
  branch_id: BranchId.make(row.branch_id),
  branch_name: row.branch_name,
  bay_id: row.bay_id === null ? null : BayId.make(row.bay_id),
})

/** The words of what was typed: a branch and a label may be written with a stroke between them. */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .toLowerCase()
    .split(/[\s/]+/u)
    .filter((word) => word !== "")
    .slice(0, Limits.searchWords)

/** A word as a part of any text: what `like` takes for a sign stands for itself. */
const within = (word: string): string => `%${word.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`

export class Search extends Context.Service<
  Search,
  {
    readonly find: (
      words: ReadonlyArray<string>,
      scopes: SearchScopes,
    ) => Effect.Effect<ReadonlyArray<SearchHit>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Search") {
  static readonly layer = Layer.effect(
    Search,
    Effect.map(PgClient.PgClient, (sql) => {
      /** Every word is somewhere in what is said of a thing, and one of them is its own. */
      const fits = (words: ReadonlyArray<string>, own: Statement.Fragment, said: Statement.Fragment) =>
        sql.and([
          sql.or(words.map((word) => sql`${own} ilike ${within(word)}`)),
          ...words.map((word) => sql`(${own} || ' ' || ${said}) ilike ${within(word)}`),
        ])
      /** 0 for a label that is one of the words, 1 for one whose number is, 2 for one that begins so, 3 for the others. */
      const rank = (words: ReadonlyArray<string>, label: Statement.Fragment) => sql`
        case when lower(${label}) in ${sql.in(words)} then 0
             when regexp_replace(${label}, '[^0-9]', '', 'g') in ${sql.in(words)} then 1
             when ${sql.or(words.map((word) => sql`${label} ilike ${within(word).slice(1)}`))} then 2
             else 3 end`
      const best = (words: ReadonlyArray<string>, label: Statement.Fragment) =>
        sql`order by ${rank(words, label)}, length(${label}), ${label} limit ${Limits.searchHitsPerKind}`
      const seen = (scope: AccessScope) => scopeCondition(sql, scope, sql`br.chain_id`, sql`br.id`)
      const place = sql`br.chain_id, br.id as branch_id, br.name as branch_name`
      const branchWords = sql`br.branch_code || ' ' || br.name`

      const branches = (words: ReadonlyArray<string>, { registry }: SearchScopes) => sql<Row>`
        select 'branch' as kind, br.id, br.name as label, br.branch_code as detail, ${place}, null as bay_id
        from branches br
        where br.archived_at is null and ${seen(registry)}
          and ${fits(words, branchWords, sql`coalesce(br.city, '')`)}
        ${best(words, sql`br.branch_code`)}`

      const bays = (words: ReadonlyArray<string>, { registry }: SearchScopes) => sql<Row>`
        select 'bay' as kind, b.id, b.label, c.cart_number as detail, ${place}, b.id as bay_id
        from bays b join branches br on br.id = b.branch_id left join carts c on c.bay_id = b.id
        where ${seen(registry)} and ${fits(words, sql`b.label`, branchWords)}
        ${best(words, sql`b.label`)}`

      const carts = (words: ReadonlyArray<string>, { registry }: SearchScopes) => sql<Row>`
        select 'cart' as kind, c.id, c.cart_number as label, b.label as detail, ${place}, c.bay_id
        from carts c join branches br on br.id = c.branch_id left join bays b on b.id = c.bay_id
        where c.archived_at is null and ${seen(registry)} and ${fits(words, sql`c.cart_number`, branchWords)}
        ${best(words, sql`c.cart_number`)}`

      const devices = (words: ReadonlyArray<string>, { devices: scope }: SearchScopes) => sql<Row>`
        select 'device' as kind, d.id, d.device_name as label, d.mac_address as detail, ${place}, null as bay_id
        from devices d join branches br on br.id = d.branch_id
        where d.archived_at is null and ${seen(scope)}
          and ${fits(words, sql`d.device_name || ' ' || d.mac_address || ' ' || d.serial_number`, branchWords)}
        ${best(words, sql`d.device_name`)}`

      /** By four digits or the beginning of an id: anything shorter would be a walk through people. */
      const rentals = (words: ReadonlyArray<string>, scopes: SearchScopes) => {
        const digits = words.filter((word) => /^\d{4}$/u.test(word))
        const ids = words.filter((word) => /^[0-9a-f-]{6,36}$/u.test(word))
        if (digits.length + ids.length === 0) return Effect.succeed([])
        return sql<Row>`
          select 'rental' as kind, r.id, left(r.id::text, 8) as label, s.phone_masked as detail, ${place}, null as bay_id
          from rentals r join shoppers s on s.id = r.shopper_id join branches br on br.id = r.branch_id
          where (${seen(scopes.rentals)} or (${seen(scopes.recentRentals)}
                 and r.created_at > ${toInstant(scopes.recentSinceMs)}::timestamptz))
            and ${sql.or([
              ...digits.map((four) => sql`right(s.phone_masked, 4) = ${four}`),
              ...ids.map((id) => sql`r.id::text like ${within(id).slice(1)}`),
            ])}
          order by r.is_open desc, r.created_at desc limit ${Limits.searchHitsPerKind}`
      }

      return Search.of({
        find: Effect.fnUntraced(function* (words, scopes) {
          if (words.length === 0) return []
          const found: ReadonlyArray<ReadonlyArray<Row>> = [
            yield* bays(words, scopes),
            yield* carts(words, scopes),
            yield* rentals(words, scopes),
            yield* devices(words, scopes),
            yield* branches(words, scopes),
          ]
          return found.flat().map(toHit)
        }),
      })
    }),
  )
}
