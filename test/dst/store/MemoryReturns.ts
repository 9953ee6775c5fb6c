/** Returns that end no rental by themselves, in memory: what `Returns.layer` is on Postgres to the services under test. */
import { Layer, Struct } from "effect"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"
import { judgedAt, type NoticedReturn } from "#cloud/store/NoticedReturns.ts"
import { type HeldReturn, type LaterLine, type NewIntent, Returns } from "#cloud/store/Returns.ts"
import type { ReturnRule } from "#core/domain/ReturnCase.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"
import type { HomeTables } from "./MemoryHomes.ts"
import { identityOf, type Places } from "./MemoryPlaces.ts"
import type { RentalTables } from "./MemoryRentals.ts"
import { lineIsAway, linesOf, type TwinTables } from "./MemoryTwins.ts"

export interface ReturnRow extends HeldReturn {
  readonly dueAt: number | null
  readonly rule: ReturnRule | null
  readonly by: string | null
}

export interface ReturnTables {
  readonly returns: Table<ReturnRow>
  readonly intents: Table<NewIntent>
}

export const returnTables = (db: MemoryDatabase): ReturnTables => ({ returns: db.table(), intents: db.table() })

type Tables = ReturnTables & RentalTables & TwinTables & HomeTables

/** Notes returns down as `noticeReturns` does. */
export const noteReturns = (tables: Tables, places: Places, found: ReadonlyArray<NoticedReturn>): void => {
  const { rentals, returns, twins } = tables
  for (const { at, bayId, isDoubted, revision } of found) {
    const bay = twins.get(`bay:${bayId}`)
    if (bay === undefined) continue
    const isHome = [...rentals.values()].some((one) => one.isOpen && one.bayId === bayId)
    if (isHome && !isDoubted && identityOf(places, bay.branchId) === "bay_bound") continue
    const since = awayBefore(tables, bayId, revision)
    if ([...returns.values()].some((one) => one.bayId === bayId && one.revision > since)) continue
    put(tables, { bayId, revision, at, state: "seen", dueAt: judgedAt(at) })
  }
}

/** The revision at which the bay was last seen without a latched cart, before another. */
const awayBefore = (tables: Tables, bayId: string, revision: number): number => {
  for (const line of linesOf(tables, bayId)) if (line.revision < revision && lineIsAway(line)) return line.revision
  return 0
}

const put = (
  { returns, twins }: Tables,
  row: Pick<ReturnRow, "bayId" | "revision" | "at" | "state" | "dueAt">,
): string | undefined => {
  const bay = twins.get(`bay:${row.bayId}`)
  const isThere = [...returns.values()].some((one) => one.bayId === row.bayId && one.revision === row.revision)
  if (bay === undefined || isThere) return undefined
  const id = `0000000e-0000-4000-8000-${String(returns.size + 1).padStart(12, "0")}`
  const { branchId, chainId } = bay
  returns.set(id, { id, chainId, branchId, rentalId: null, cartId: null, rule: null, by: null, ...row })
  return id
}

/** The oldest first. */
const linesSince = (tables: Tables, bayId: string, revision: number): ReadonlyArray<LaterLine> => {
  const lines: Array<LaterLine> = []
  for (const { accepted, at, event, revision: when, value } of linesOf(tables, bayId)) {
    if (when <= revision) break
    if (accepted) lines.push({ event, value: value as never, at })
  }
  return lines.toReversed()
}

const ended: ReadonlySet<string> = new Set(["attributed", "resolved", "transfer"])
const isOut = (state: string): boolean => state.startsWith("active.") || state.startsWith("overdue.")

export const memoryReturns = (db: MemoryDatabase, tables: Tables, places: Places) => {
  const { homes, intents, rentals, returns, twins } = tables
  const word = (kind: "cart" | "bay", id: string, region: string) =>
    regionWord(twins.get(`${kind}:${id}`)?.held.stored.value ?? null, region)
  const isHad = (cartId: string, at: number) =>
    [...rentals.values()].some((one) => one.isOpen && one.cartId === cartId && one.createdAt <= at)
  const dueOf = () => [...returns.values()].flatMap(({ dueAt, id }) => (dueAt === null ? [] : [{ dueAt, id }]))

  return Layer.succeed(
    Returns,
    Returns.of({
      notice: (found) => db.statement(() => noteReturns(tables, places, found)),
      due: (atMs) =>
        db.statement(() =>
          dueOf()
            .filter(({ dueAt }) => dueAt <= atMs)
            .sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))
            .slice(0, Limits.sweepRows)
            .map(({ id }) => id),
        ),
      nextDue: db.statement(() => {
        const dues = dueOf().map(({ dueAt }) => dueAt)
        return dues.length === 0 ? null : Math.min(...dues)
      }),
      hold: (id) =>
        db.statement(() => {
          const row = returns.get(id)
          return row && Struct.omit(row, ["dueAt", "rule", "by"])
        }),
      thatEnded: (rentalId) =>
        db.statement(
          () =>
            [...returns.values()]
              .filter((one) => one.rentalId === rentalId && ended.has(one.state))
              .toSorted((a, b) => b.at - a.at)[0]?.id,
        ),
      scene: ({ at, bayId, branchId, chainId, revision }, rentalId) =>
        db.statement(() => {
          const bay = twins.get(`bay:${bayId}`)
          if (bay === undefined) return undefined
          const own = [...homes.values()].find(({ bay: home }) => home.id === bayId)?.cartId ?? null
          const strays = [...homes.values()].filter(
            (home) =>
              home.device.branchId === branchId &&
              home.bay.id !== bayId &&
              word("cart", home.cartId, "custody") === "available" &&
              word("cart", home.cartId, "dock") === "away",
          )
          const out = [...rentals.values()].filter(
            ({ branchId: where, chainId: whose, id, isOpen, state }) =>
              isOpen &&
              isOut(state) &&
              whose === chainId &&
              (where === branchId || id === rentalId || intents.get(id)?.bayId === bayId),
          )
          return {
            identity: identityOf(places, branchId),
            value: bay.held.stored.value,
            ownCartId: own,
            isOwnOut: own !== null && !isHad(own, at),
            straysOut: strays.length,
            out: out
              .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
              .map(({ id, ...one }) => {
                const said = intents.get(id)
                const intent = said === undefined ? null : { how: said.how, bayId: said.bayId, at: said.at }
                return {
                  id,
                  branchId: one.branchId,
                  cartId: one.cartId,
                  bayId: one.bayId,
                  pickedUpAt: one.pickedUpAt ?? 0,
                  dueAt: one.dueAt ?? 0,
                  intent,
                }
              }),
            since: linesSince(tables, bayId, revision).slice(0, Limits.rentalEvidenceRows),
          }
        }),
      end: (id, { cartId, by, dueAt, rentalId, rule, state }) =>
        db.statement(() => {
          const row = returns.get(id)
          if (row === undefined) return
          const told = {
            rentalId: rentalId === undefined ? row.rentalId : rentalId,
            cartId: cartId === undefined ? row.cartId : cartId,
            rule: rule ?? row.rule,
          }
          returns.set(id, { ...row, ...told, state, dueAt: dueAt ?? null, by: by ?? null })
        }),
      open: ({ at, bayId, revision }) =>
        db.statement(() => {
          const known = [...returns.values()].find((one) => one.bayId === bayId && one.revision === revision)
          if (known === undefined) return put(tables, { bayId, revision, at, state: "open", dueAt: null })
          if (known.state !== "stray" && known.state !== "gone") return undefined
          returns.set(known.id, { ...known, state: "open" })
          return known.id
        }),
      intend: (intent) =>
        db.statement(() => {
          for (const { bayId, rentalId } of intents.values()) {
            if (bayId === intent.bayId && rentalId !== intent.rentalId) intents.delete(rentalId)
          }
          intents.set(intent.rentalId, intent)
        }),
      openSince: (branchId, bayId, sinceMs) =>
        db.statement(() =>
          [...returns.values()]
            .filter(
              (one) =>
                one.branchId === branchId &&
                one.state === "open" &&
                one.at >= sinceMs &&
                (bayId === null || one.bayId === bayId),
            )
            .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
            .slice(0, 2)
            .map(({ id }) => id),
        ),
    }),
  )
}
