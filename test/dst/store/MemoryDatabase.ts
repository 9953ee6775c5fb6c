/**
 * The database of a simulation: tables in memory, one unit of work at a time, all of it kept or nothing. A unit whose
 * program dies is undone. While it is down, and for units that were open when it went, everything fails as a lost
 * connection does; a commit can be kept although the one who asked hears that the connection broke.
 */
import { Context, Effect } from "effect"
import { SqlError } from "effect/sql"

/** What the seed makes of it. */
export interface DatabaseManners {
  /** Its own clock. */
  readonly nowMs: () => number
  /** How long a statement takes, in milliseconds. */
  readonly statementMs: () => number
  /** True if the connection breaks at this commit: before it was kept, or after. */
  readonly commitBreaks: () => "before" | "after" | undefined
}

interface Unit {
  readonly undo: Array<() => void>
  /** What it changed: table and key. */
  readonly changes: Array<Change>
  aborted: boolean
}

/** A row that a kept unit of work has changed. */
export interface Change {
  readonly table: object
  readonly key: string
}

const CurrentUnit = Context.Reference<Unit | undefined>("cartwise/test/dst/CurrentUnit", {
  defaultValue: () => undefined,
})

const broken = (message: string) =>
  new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error(message), message }) })

/** What a unique constraint fails with. */
export const violated = (message: string) =>
  new SqlError.SqlError({
    reason: new SqlError.UniqueViolation({ cause: new Error(message), message, constraint: message }),
  })

/** Rows by key; every change can be undone while its unit of work is open. */
export class Table<Row> {
  readonly #rows = new Map<string, Row>()
  readonly #unit: () => Unit | undefined

  constructor(unit: () => Unit | undefined) {
    this.#unit = unit
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  values(): IterableIterator<Row> {
    return this.#rows.values()
  }

  get size(): number {
    return this.#rows.size
  }

  set(key: string, row: Row): void {
    const before = this.#rows.get(key)
    const existed = this.#rows.has(key)
    const unit = this.#unit()
    unit?.changes.push({ table: this, key })
    unit?.undo.push(() => {
      if (existed && before !== undefined) this.#rows.set(key, before)
      else this.#rows.delete(key)
    })
    this.#rows.set(key, row)
  }

  /** Fails as a unique constraint does. */
  insert(key: string, row: Row, constraint: string): void {
    if (this.#rows.has(key)) throw violated(constraint)
    this.set(key, row)
  }

  delete(key: string): void {
    const before = this.#rows.get(key)
    if (before === undefined) return
    const unit = this.#unit()
    unit?.changes.push({ table: this, key })
    unit?.undo.push(() => void this.#rows.set(key, before))
    this.#rows.delete(key)
  }
}

export class MemoryDatabase {
  readonly #manners: DatabaseManners
  #holder: Unit | undefined
  #waiting: Array<() => void> = []
  #up = true
  /** Told after every unit of work that was kept. */
  onCommit: (changes: ReadonlyArray<Change>) => void = () => {}

  constructor(manners: DatabaseManners) {
    this.#manners = manners
  }

  table<Row>(): Table<Row> {
    return new Table<Row>(() => this.#holder)
  }

  /** What its own clock says. */
  nowMs(): number {
    return this.#manners.nowMs()
  }

  /** True while a unit of work is open. */
  get busy(): boolean {
    return this.#holder !== undefined
  }

  get up(): boolean {
    return this.#up
  }

  /** It goes away: what was open is undone. */
  crash(): void {
    this.#up = false
    const waiting = this.#waiting
    this.disconnect()
    for (const wake of waiting) wake()
  }

  start(): void {
    this.#up = true
  }

  /** The program that used it is gone, and with it whoever waited: open work is undone. */
  disconnect(): void {
    const holder = this.#holder
    if (holder !== undefined) this.#rollback(holder)
    this.#holder = undefined
    this.#waiting = []
  }

  /** A statement: alone it is a unit of work of its own. */
  statement<A>(run: () => A): Effect.Effect<A, SqlError.SqlError> {
    return Effect.flatMap(CurrentUnit, (unit) => (unit === undefined ? this.run(this.#play(run)) : this.#play(run)))
  }

  /** Runs work as one unit; work inside another unit is part of that. */
  readonly run = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.flatMap(CurrentUnit, (outer) => (outer === undefined ? this.#unitOf(work) : work))

  #unitOf<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.gen({ self: this }, function* () {
        const unit = yield* restore(this.#begin)
        const exit = yield* Effect.exit(restore(Effect.provideService(work, CurrentUnit, unit)))
        if (exit._tag === "Failure") {
          this.#end(unit, false)
          return yield* exit
        }
        const ms = this.#manners.statementMs()
        if (ms > 0) yield* Effect.sleep(ms)
        const breaks = unit.aborted || !this.#up ? "before" : this.#manners.commitBreaks()
        this.#end(unit, breaks !== "before")
        if (breaks !== undefined) return yield* Effect.fail(broken(`the connection broke ${breaks} the commit`))
        return exit.value
      }),
    )
  }

  get #begin(): Effect.Effect<Unit, SqlError.SqlError> {
    return Effect.suspend(() => {
      if (!this.#up) return Effect.fail(broken("the database is away"))
      if (this.#holder === undefined) {
        const unit: Unit = { undo: [], changes: [], aborted: false }
        this.#holder = unit
        return Effect.succeed(unit)
      }
      return Effect.flatMap(
        Effect.callback<void>((resume) => {
          const wake = () => resume(Effect.void)
          this.#waiting.push(wake)
          return Effect.sync(() => void (this.#waiting = this.#waiting.filter((one) => one !== wake)))
        }),
        () => this.#begin,
      )
    })
  }

  #end(unit: Unit, keep: boolean): void {
    if (this.#holder !== unit) return
    if (!keep) this.#rollback(unit)
    this.#holder = undefined
    if (keep && unit.changes.length > 0) this.onCommit(unit.changes)
    this.#waiting.shift()?.()
  }

  #rollback(unit: Unit): void {
    unit.aborted = true
    for (const undo of unit.undo.toReversed()) undo()
    unit.undo.length = 0
  }

  #play<A>(run: () => A): Effect.Effect<A, SqlError.SqlError> {
    return Effect.flatMap(CurrentUnit, (unit) => {
      const ms = this.#manners.statementMs()
      const played = Effect.suspend(() => {
        if (unit?.aborted === true || !this.#up) return Effect.fail(broken("the connection broke"))
        return Effect.try({ try: run, catch: asSqlError })
      })
      return ms > 0 ? Effect.andThen(Effect.sleep(ms), played) : played
    })
  }
}

const asSqlError = (cause: unknown): SqlError.SqlError => {
  if (cause instanceof SqlError.SqlError) return cause
  throw cause
}
