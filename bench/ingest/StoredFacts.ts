/** Counts in Postgres what became of the facts that devices wrote down: nothing lost, nothing twice, nothing put aside. */
import { queryOnce } from "#test/support/Sql.ts"
import type { Journal } from "./Stage.ts"

export interface StoredFacts {
  /** Facts in the journals of the devices. */
  readonly written: number
  /** Lines of history from these journals, and places in a journal that they name. */
  readonly stored: number
  readonly distinct: number
  /** Sum of the watermarks. */
  readonly acknowledged: number
  readonly aside: number
  readonly divergences: number
  /** Messages that found no room in the cloud, and came again. */
  readonly dropped: number
}

export const countFacts = async (url: string, journals: ReadonlyArray<Journal>): Promise<StoredFacts> => {
  const names = journals.map(({ journal_id }) => `'${journal_id}'`).join()
  const [row] = await queryOnce(
    url,
    `select count(*)::int as stored, count(distinct (journal_id, seq))::int as distinct,
            (select coalesce(sum(watermark), 0)::int from journals where journal_id in (${names})) as acknowledged,
            (select coalesce(sum(messages), 0)::int from quarantine_counts where reason <> 'queue_full') as aside,
            (select coalesce(sum(messages), 0)::int from quarantine_counts where reason = 'queue_full') as dropped,
            (select count(*)::int from divergences) as divergences
     from twin_events where journal_id in (${names})`,
  )
  const written = journals.reduce((sum, journal) => sum + journal.written, 0)
  return { written, ...(row as unknown as Omit<StoredFacts, "written">) }
}

export const areWhole = ({ written, stored, distinct, acknowledged, aside, divergences }: StoredFacts): boolean =>
  stored === written && distinct === written && acknowledged === written && aside + divergences === 0
