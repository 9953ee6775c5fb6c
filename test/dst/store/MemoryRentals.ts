/** Rentals in memory, with their constraints: what `Rentals.layer` is on Postgres to the services under test. */
import { Context, Effect, Layer } from "effect"
import { isFinal } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"
import { Branches } from "#cloud/store/Branches.ts"
import { LendableCarts } from "#cloud/store/LendableCarts.ts"
import { type NewMessage, RentalMessages } from "#cloud/store/RentalMessages.ts"
import { type NewRental, type OpenRental, type RentalColumns, Rentals } from "#cloud/store/Rentals.ts"
import type { CommandTables } from "./MemoryCommands.ts"
import { type MemoryDatabase, type Table, violated } from "./MemoryDatabase.ts"
import { identityOf, type Places } from "./MemoryPlaces.ts"
import type { TwinTables } from "./MemoryTwins.ts"

export interface RentalTableRow extends Omit<RentalColumns, "at">, Omit<NewRental, "at"> {
  readonly createdAt: number
  readonly updatedAt: number
  readonly attention: string | null
}

export interface RentalTables {
  readonly rentals: Table<RentalTableRow>
  /** By rental and what it is about. */
  readonly messages: Table<NewMessage>
}

export const rentalTables = (db: MemoryDatabase): RentalTables => ({ rentals: db.table(), messages: db.table() })

/** False only where a planted bug has left the constraints out. */
export const ConstraintsHold = Context.Reference("cartwise/test/dst/ConstraintsHold", { defaultValue: () => true })

/** Lists are for people, who are not part of a simulation. */
const nobodyAsks = () => Effect.die("lists are not part of a simulation")

const fresh = ({ at, ...one }: NewRental): RentalTableRow => ({
  ...one,
  state: "new",
  isOpen: true,
  cartId: null,
  bayId: null,
  commandId: null,
  seenStage: null,
  seenRevision: 0,
  twinRevision: 0,
  pickedUpAt: null,
  dueAt: null,
  endedAt: null,
  createdAt: at,
  updatedAt: at,
  attention: null,
})

export const memoryRentals = (
  db: MemoryDatabase,
  { rentals }: RentalTables,
  { commands, stages }: CommandTables,
  { events, twins }: TwinTables,
  places: Places,
) => {
  const others = ({ id }: { id: string }) => [...rentals.values()].filter((one) => one.isOpen && one.id !== id)
  const put = (row: RentalTableRow, constrained: boolean): void => {
    if (row.isOpen && constrained) {
      for (const one of others(row)) {
        if (one.cartId !== null && one.cartId === row.cartId) throw violated("rentals_open_cart")
        if (one.shopperId === row.shopperId) throw violated("rentals_open_shopper")
      }
    }
    rentals.set(row.id, row)
  }
  const homeOf = (cartId: string | null): string | null => places.carts.get(cartId ?? "")?.bay.id ?? null
  const any = (id: string): OpenRental | undefined => {
    const row = rentals.get(id)
    if (row === undefined) return undefined
    return { ...row, homeBayId: homeOf(row.cartId), identity: identityOf(places, row.branchId) }
  }
  const held = (id: string, atMs: number): OpenRental | undefined => {
    const row = rentals.get(id)
    if (row === undefined) return undefined
    const isRecent = row.state === "failed" && row.updatedAt > atMs - Limits.rentalReopenMs
    return row.isOpen || isRecent ? any(id) : undefined
  }
  const bayRevision = (bayId: string | null): number =>
    bayId === null ? 0 : (twins.get(`bay:${bayId}`)?.held.stored.revision ?? 0)
  /** The lines of a bay from the newest back to a revision, in the order they were written. */
  const linesAfter = (bayId: string, revision: number) => {
    const lines = []
    if (bayRevision(bayId) <= revision) return []
    for (let id = events.size; id > 0; id--) {
      const line = events.get(String(id))
      if (line === undefined || line.ref.id !== bayId) continue
      if (line.revision <= revision) break
      if (line.accepted) lines.push({ ...line, id })
    }
    return lines.toReversed()
  }
  const isBehind = (one: RentalTableRow): boolean => {
    const stage = commands.get(one.commandId ?? "")?.command.stage ?? null
    return (
      one.state === "assigning" ||
      one.state === "pickup.nagging" ||
      (one.bayId !== null && (homeOf(one.cartId) ?? one.bayId) !== one.bayId) ||
      twins.get(`rental:${one.id}`)?.held.stored.revision !== one.twinRevision ||
      bayRevision(one.bayId) > one.seenRevision ||
      (stage !== null && stage !== one.seenStage && (isFinal(stage) || stage === "unknown"))
    )
  }
  const outcomeOf = (commandId: string) => {
    const command = commands.get(commandId)?.command
    const at = stages.get(`${commandId} ${command?.stage}`)?.at
    if (command === undefined || at === undefined) return undefined
    const isContested = [...commands.values()].some(
      ({ command: o }) =>
        o.target_id === command.target_id &&
        o.kind === "unlock" &&
        o.id !== command.id &&
        o.created_at > command.created_at,
    )
    return { stage: command.stage, reason: command.reason, at, expiresAt: +command.expires_at, isContested }
  }
  const evidenceOf = ({ bayId, seenRevision }: Pick<OpenRental, "bayId" | "seenRevision">) =>
    (bayId === null ? [] : linesAfter(bayId, seenRevision))
      .slice(0, Limits.rentalEvidenceRows)
      .map(({ id, revision, event, value, announces, commandId, at }) => ({
        id,
        revision,
        event,
        value,
        announces: announces as never,
        commandId,
        at,
      }))
  return Layer.succeed(
    Rentals,
    Rentals.of({
      insert: (rows) =>
        Effect.flatMap(ConstraintsHold, (constrained) =>
          db.statement(() => {
            const written = new Set<string>()
            for (const one of rows) {
              const has = [...rentals.values()].some((other) => other.isOpen && other.shopperId === one.shopperId)
              if (has && constrained) continue
              put(fresh(one), constrained)
              written.add(one.id)
            }
            return written
          }),
        ),
      remove: (ids) =>
        db.statement(() => {
          for (const id of ids) rentals.delete(id)
        }),
      hold: (ids, atMs) => db.statement(() => [...new Set(ids)].toSorted().flatMap((id) => held(id, atMs) ?? [])),
      holdAny: (id) => db.statement(() => any(id)),
      mayReopen: (id) =>
        db.statement(() => {
          const row = rentals.get(id)
          return row === undefined || !others(row).some((o) => o.cartId === row.cartId || o.shopperId === row.shopperId)
        }),
      needPerson: (id, why) =>
        db.statement(() => {
          const row = rentals.get(id)
          if (row !== undefined) rentals.set(id, { ...row, attention: why })
        }),
      someMayMove: (atMs) => db.statement(() => [...rentals.values()].some(({ id }) => held(id, atMs) !== undefined)),
      write: (rows) =>
        Effect.flatMap(ConstraintsHold, (constrained) =>
          db.statement(() => {
            for (const { at, ...columns } of rows) {
              const row = rentals.get(columns.id)
              if (row !== undefined) put({ ...row, ...columns, updatedAt: at }, constrained)
            }
          }),
        ),
      behind: db.statement(() =>
        [...rentals.values()].filter((one) => one.isOpen && isBehind(one)).map(({ id }) => id),
      ),
      about: (ids) =>
        db.statement(() => {
          const wanted = new Set(ids)
          return [...rentals.values()]
            .filter(
              (one) =>
                (one.isOpen &&
                  [one.bayId, one.id, one.commandId].some((id) => wanted.has(id ?? "")) &&
                  isBehind(one)) ||
                (one.state === "failed" && wanted.has(one.commandId ?? "")),
            )
            .map(({ id }) => id)
        }),
      outcomes: (commandIds) =>
        db.statement(
          () =>
            new Map(
              commandIds.flatMap((id) => {
                const outcome = outcomeOf(id)
                return outcome === undefined ? [] : [[id, outcome] as const]
              }),
            ),
        ),
      evidence: (of) => db.statement(() => new Map(of.map((one) => [one.id, evidenceOf(one)]))),
      standing: (bayId) =>
        db.statement(() => {
          const held = twins.get(`bay:${bayId}`)?.held
          return held && { value: held.stored.value, revision: held.stored.revision, freshAt: held.freshAt }
        }),
      parkedSince: (bayId, revision) =>
        db.statement(() => {
          let since: number | null = null
          for (const line of linesAfter(bayId, -1).toReversed()) {
            if (line.revision > revision) continue
            const latch = regionWord(line.value, "latch")
            const isAway = latch.startsWith("ajar") || latch === "empty" || latch === "latchedEmpty"
            if (line.revision < revision && isAway) break
            since = Math.min(since ?? line.at, line.at)
          }
          return since
        }),
      withCart: (cartId) =>
        db.statement(() => [...rentals.values()].find((one) => one.isOpen && one.cartId === cartId)?.id),
      openOf: nobodyAsks,
      ofShopper: nobodyAsks,
    }),
  )
}

/** Which carts can be lent. Nobody waits for anybody here: a statement sees what was committed. */
export const memoryLendableCarts = (
  db: MemoryDatabase,
  { rentals }: RentalTables,
  { twins }: TwinTables,
  places: Places,
) => {
  const lastUse = (cartId: string) => {
    const of = [...rentals.values()].filter((one) => one.cartId === cartId)
    return { usedAt: Math.max(0, ...of.map(({ createdAt }) => createdAt)), times: of.length }
  }
  const lendable = (branchId: string, deviceIds: ReadonlyArray<string>, atMs: number) =>
    [...places.carts].flatMap(([cartId, { bay, device }]) => {
      const cart = twins.get(`cart:${cartId}`)?.held.stored.value ?? null
      const at = twins.get(`bay:${bay.id}`)?.held
      const value = at?.stored.value ?? null
      const fits =
        device.branchId === branchId &&
        deviceIds.includes(device.deviceId) &&
        regionWord(cart, "custody") === "available" &&
        regionWord(cart, "dock") === "secured" &&
        regionWord(value, "latch") === "secured" &&
        regionWord(value, "sensor") === "trusted" &&
        regionWord(value, "service") === "inService" &&
        (at?.freshAt ?? 0) > atMs - Limits.rentalFreshMs &&
        ![...rentals.values()].some((one) => one.isOpen && one.cartId === cartId)
      return fits ? [{ cartId, bayId: bay.id, device, label: bay.label, ...lastUse(cartId) }] : []
    })
  return Layer.succeed(
    LendableCarts,
    LendableCarts.of({
      choose: ({ counts, deviceIds, excluded, atMs }) =>
        db.statement(() =>
          [...counts].flatMap(([branchId, count]) =>
            lendable(branchId, deviceIds, atMs)
              .filter(({ cartId }) => !excluded.includes(cartId))
              .sort((a, b) => a.usedAt - b.usedAt || a.times - b.times || (a.label < b.label ? -1 : 1))
              .slice(0, count)
              .map(({ cartId, bayId, device }) => ({ cartId, bayId, ...device })),
          ),
        ),
      branchesWith: (branchIds, deviceIds, atMs) =>
        db.statement(() => new Set(branchIds.filter((id) => lendable(id, deviceIds, atMs).length > 0))),
    }),
  )
}

/** Branches as the services under test ask for them. */
export const memoryBranches = (db: MemoryDatabase, { devices }: Places) =>
  Layer.succeed(
    Branches,
    Branches.of({
      list: nobodyAsks,
      exists: (id) => db.statement(() => devices.some(({ branchId }) => branchId === id)),
      chainOf: (id) => db.statement(() => devices.find(({ branchId }) => branchId === id)?.chainId),
      lendingAt: (ids) =>
        db.statement(
          () =>
            new Map(
              ids.flatMap((id) => {
                const chainId = devices.find(({ branchId }) => branchId === id)?.chainId
                return chainId === undefined ? [] : [[id, { chainId, isLending: true, policy: {} }] as const]
              }),
            ),
        ),
    }),
  )

/** What shoppers are told, in memory: each message once, and gone out as soon as it is written. */
export const memoryMessages = (db: MemoryDatabase, { messages }: RentalTables) => {
  const keyOf = ({ about, rentalId }: Pick<NewMessage, "about" | "rentalId">) => `${rentalId} ${about}`
  return Layer.succeed(
    RentalMessages,
    RentalMessages.of({
      write: (fresh) =>
        db.statement(() => {
          for (const one of fresh) if (messages.get(keyOf(one)) === undefined) messages.set(keyOf(one), one)
        }),
      reminded: (ended) =>
        db.statement(
          () =>
            new Set(
              ended
                .filter(({ endedAt, id }) =>
                  (["overdue", "lost"] as const).some(
                    (about) => (messages.get(keyOf({ about, rentalId: id }))?.at ?? -Infinity) > endedAt,
                  ),
                )
                .map(({ id }) => id),
            ),
        ),
      ask: nobodyAsks,
      claim: nobodyAsks,
      end: nobodyAsks,
    }),
  )
}
