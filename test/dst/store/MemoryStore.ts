/** Every repository that ingest, commands and sweeps use, on one database in memory. */
import { Effect, Layer } from "effect"
import { Agenda } from "#cloud/Agenda.ts"
import { BoardReports } from "#cloud/store/BoardReports.ts"
import { Quarantine, type Quarantined } from "#cloud/store/Quarantine.ts"
import { Telemetry } from "#cloud/store/Telemetry.ts"
import { Transaction } from "#cloud/store/Transaction.ts"
import { UnreadableTwins } from "#cloud/store/UnreadableTwins.ts"
import {
  type CommandTables,
  commandTables,
  memoryCommands,
  memoryCommandTargets,
  memoryRequestKeys,
} from "./MemoryCommands.ts"
import { type ConfigTables, configTables, memoryConfigs } from "./MemoryConfigs.ts"
import { type DatabaseManners, MemoryDatabase } from "./MemoryDatabase.ts"
import { homeTables, type HomeTables, livePlaces, memoryHomes } from "./MemoryHomes.ts"
import { memoryPlaces, type Places } from "./MemoryPlaces.ts"
import {
  memoryBranches,
  memoryLendableCarts,
  memoryRentals,
  memoryMessages,
  type RentalTables,
  rentalTables,
} from "./MemoryRentals.ts"
import { memoryReturns, noteReturns, type ReturnTables, returnTables } from "./MemoryReturns.ts"
import { memorySessions, type SessionTables, sessionTables } from "./MemorySessions.ts"
import { memoryTwins, type TwinTables, twinTables } from "./MemoryTwins.ts"

export type StoreTables = TwinTables &
  CommandTables &
  SessionTables &
  ConfigTables &
  RentalTables &
  ReturnTables &
  HomeTables

export interface MemoryStore {
  readonly db: MemoryDatabase
  readonly tables: StoreTables
  /** What was put aside, ever. */
  readonly quarantined: Array<Quarantined>
  /** A fresh connection of a program to it. */
  readonly layer: () => ReturnType<typeof storeLayer>
}

export const makeMemoryStore = (planned: Places, manners: DatabaseManners): MemoryStore => {
  const db = new MemoryDatabase(manners)
  const tables = {
    ...twinTables(db),
    ...commandTables(db),
    ...sessionTables(db),
    ...configTables(db),
    ...rentalTables(db),
    ...returnTables(db),
    ...homeTables(db, planned),
  }
  const places = livePlaces(planned, tables)
  const quarantined: Array<Quarantined> = []
  const sessions = memorySessions(db, tables, tables)
  return { db, tables, quarantined, layer: () => storeLayer(db, tables, places, quarantined, sessions) }
}

const storeLayer = (
  db: MemoryDatabase,
  tables: StoreTables,
  places: Places,
  quarantined: Array<Quarantined>,
  sessions: ReturnType<typeof memorySessions>,
) =>
  Layer.mergeAll(
    memoryTwins(db, tables, (found) => noteReturns(tables, places, found)),
    memoryReturns(db, tables, places),
    memoryHomes(db, tables, tables, tables, tables, tables, places),
    memoryCommands(db, tables, tables, tables),
    memoryCommandTargets(db, tables, tables, places),
    memoryRequestKeys(db, tables),
    memoryPlaces(db, places),
    memoryConfigs(db, tables, tables, places),
    memoryRentals(db, tables, tables, tables, places),
    memoryLendableCarts(db, tables, tables, places),
    memoryBranches(db, places),
    memoryMessages(db, tables),
    sessions,
    Layer.succeed(Transaction, Transaction.of({ run: db.run })),
    memoryQuarantine(db, quarantined),
    memoryTelemetry(db),
    memoryBoardReports(db),
  ).pipe(Layer.provideMerge(Layer.mergeAll(Agenda.layer, UnreadableTwins.layer)))

/** Telemetry takes its time in the database, and nobody here reads it. */
const memoryTelemetry = (db: MemoryDatabase) =>
  Layer.succeed(
    Telemetry,
    Telemetry.of({
      keep: (rows) => db.statement(() => rows.length),
      tidy: () => db.statement(() => ({ made: 0, dropped: 0 })),
    }),
  )

/** Nobody looks at a board in a simulation. */
const memoryBoardReports = (db: MemoryDatabase) =>
  Layer.succeed(
    BoardReports,
    BoardReports.of({ keep: () => db.statement(() => false), of: () => db.statement(() => undefined) }),
  )

/** Putting aside never waits; what is kept in a transaction goes with it. */
const memoryQuarantine = (db: MemoryDatabase, quarantined: Array<Quarantined>) => {
  const counts: Record<string, number> = {}
  const put = (item: Quarantined) => {
    counts[item.reason] = (counts[item.reason] ?? 0) + 1
    quarantined.push(item)
  }
  return Layer.succeed(
    Quarantine,
    Quarantine.of({
      put,
      keep: (item) => db.statement(() => put(item)),
      counts: () => ({ ...counts }),
      flushed: Effect.void,
    }),
  )
}
