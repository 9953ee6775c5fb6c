/**
 * Bays of the bench whose carts go and come, written straight into the twins' rows and not through ingest: what is measured
 * is what happens after a commit. Every state is one that the machines come to, packed as a row holds it.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { columns } from "#cloud/store/Columns.ts"
import { Session } from "#core/domain/Device.ts"
import { BayId, CartId, type TwinRef } from "#core/domain/Ids.ts"
import type { BayEvent, Hook, Presence } from "#core/domain/Bay.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import { dockEventFor } from "#twins/cart/Dock.ts"
import { type Packed, pack } from "#twins/Packed.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { bayIdOf, cartIdOf } from "../ingest/Fleet.ts"

/** A twin's row after a change. */
interface Change {
  readonly ref: TwinRef
  readonly packed: Packed
}

const after = (stored: Stored, events: ReadonlyArray<TwinEvent>): Stored =>
  events.reduce((before, event) => {
    const { next, accepted, reason } = step(before, event)
    if (!accepted) throw new Error(`${event.type} is refused: ${reason}`)
    return next
  }, stored)

/** The bay and its cart once the bay was seen so: parked, or away. */
const seen = (reads: ReadonlyArray<readonly [Hook, Presence]>, at: number) => {
  const observed = reads.map(([hook, presence]): BayEvent => ({ type: "bay.observed", hook, presence, at }))
  const bay = after(initialOf("bay", at), observed)
  const dock = dockEventFor(bay.value, at)
  return { bay: pack(bay), cart: pack(after(initialOf("cart", at), dock === undefined ? [] : [dock])) }
}

const slotsPerDevice = Limits.locksPerBoard

export interface BayChanges {
  /** The cart of each of the next `count` bays goes, or comes back: gives the twins whose rows have changed, two a bay. */
  readonly next: (count: number) => Promise<ReadonlyArray<TwinRef>>
  readonly close: () => Promise<void>
}

/** Lets every device of the registry, numbered from 1, be online with its carts parked. */
export const openBayChanges = async (databaseUrl: string, devices: number): Promise<BayChanges> => {
  const runtime = ManagedRuntime.make(PgClient.layer({ url: Redacted.make(databaseUrl), maxConnections: 1 }))
  const at = Date.now()
  const states = [seen([["open", "absent"]], at), seen([["closed", "present"]], at)] as const
  const write = (changes: ReadonlyArray<Change>) =>
    Effect.flatMap(
      PgClient.PgClient,
      (sql) => sql`
        update twins t
        set value = r.value::jsonb, context = r.context::jsonb, deadlines = r.deadlines::jsonb, revision = t.revision + 1,
            changed_at = now(), fresh_at = now()
        from unnest(
          ${columns.text(changes, ({ ref }) => ref.kind)}, ${columns.uuid(changes, ({ ref }) => ref.id)},
          ${columns.json(changes, ({ packed }) => packed.value)}, ${columns.json(changes, ({ packed }) => packed.context)},
          ${columns.json(changes, ({ packed }) => packed.deadlines)}
        ) as r (kind, id, value, context, deadlines)
        where t.kind = r.kind and t.id = r.id`,
    )
  const changeOf = (index: number): ReadonlyArray<Change> => {
    // One bay of each device in turn, so that every branch has its share of every moment.
    const bays = devices * slotsPerDevice
    const [device, slot] = [1 + (index % devices), Math.floor((index % bays) / devices)]
    const { bay, cart } = states[Math.floor(index / bays) % 2 === 0 ? 0 : 1]
    return [
      { ref: { kind: "bay", id: BayId.make(bayIdOf(device, slot)) }, packed: bay },
      { ref: { kind: "cart", id: CartId.make(cartIdOf(device, slot)) }, packed: cart },
    ]
  }
  const parked = states[1]
  const online = pack(
    after(initialOf("device", at), [{ type: "device.bootAccepted", session: Session.make(1), epoch: 1, at }]),
  )
  const answering = pack(after(initialOf("controller", at), [{ type: "controller.answered", at }]))
  await runtime.runPromise(
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      for (const [kind, { value, context, deadlines }] of Object.entries({
        device: online,
        controller: answering,
        ...parked,
      })) {
        yield* sql`
          update twins set value = ${sql.json(value)}, context = ${sql.json(context)}, deadlines = ${sql.json(deadlines)},
                           revision = 1, changed_at = now(), fresh_at = now() where kind = ${kind}`
      }
    }),
  )
  let done = 0
  return {
    next: async (count) => {
      const changes = Array.from({ length: count }, (_, index) => changeOf(done + index)).flat()
      done += count
      await runtime.runPromise(write(changes))
      return changes.map(({ ref }) => ref)
    },
    close: () => runtime.dispose(),
  }
}
