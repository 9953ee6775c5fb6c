/**
 * How a stored twin of an older machine becomes one of the next: pure functions on its value, context and deadlines,
 * kept for ever, each with a literal before and after in a test. Deadlines are named by the path of their state, so
 * renaming a state renames them too.
 *
 * A device may still run the older machine: what it reports goes through the same functions, with the regions of the edge
 * alone in the value. So a migration touches only what is there.
 */
import type { Stored } from "./Stored.ts"

/** What a migration changes of a stored twin. */
export type Migrated = Pick<Stored, "value" | "context" | "deadlines">

/** By the version it starts from: gives the value, context and deadlines of the next version. */
export type Migrations = Readonly<Record<number, (old: Migrated) => Migrated>>
