/**
 * What a command is asked for, found: a cart with the bay it is placed in, a bay, a board, or a device; with the device that can do
 * it and where that stands, and how many commands wait for it.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import { BranchId, ChainId, DeviceId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"

/** A bay's twin as it is stored. */
export interface StoredBay {
  readonly machine: string
  readonly version: number
  readonly value: Schema.Json
  readonly context: Schema.Json
  readonly deadlines: Schema.Json
  readonly revision: number
}

export interface CommandTarget {
  /** Its device's address; no device for a cart that is placed in no bay. */
  readonly device: Omit<DeviceAddress, "simulated" | "deviceId"> & { readonly deviceId: DeviceId | null }
  /** The twin that is meant; null for a cart that is placed in no bay. */
  readonly target: TwinRef | null
  readonly cartId: string | null
  readonly bay: StoredBay | null
  /** The twins that it concerns, with their state of the moment. */
  readonly concerns: ReadonlyArray<Pick<NewTwinEvent, "ref" | "revision" | "value">>
  /** Commands that wait for this device. */
  readonly inFlight: number
}

interface Row {
  readonly target_id: string | null
  readonly cart_id: string | null
  readonly cart_revision: number | null
  readonly cart_value: Schema.Json
  readonly device_id: string | null
  readonly branch_id: string
  readonly chain_id: string
  readonly chain_slug: string
  readonly branch_code: string
  readonly machine: string | null
  readonly version: number
  readonly value: Schema.Json
  readonly context: Schema.Json
  readonly deadlines: Schema.Json
  readonly revision: number
  readonly in_flight: number
}

/** What a command can be asked for. */
export interface Askable {
  readonly kind: "cart" | "bay" | "controller" | "device"
  readonly id: string
}

export class CommandTargets extends Context.Service<
  CommandTargets,
  {
    /** Finds it as it is at this instant; undefined if there is no such thing. */
    readonly find: (of: Askable, atMs: number) => Effect.Effect<CommandTarget | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/CommandTargets") {
  static readonly layer = Layer.effect(
    CommandTargets,
    Effect.map(PgClient.PgClient, (sql) => CommandTargets.of({ find: (of, atMs) => find(sql, of, atMs) })),
  )
}

const find = (sql: PgClient.PgClient, ref: Askable, atMs: number) => {
  const from = {
    cart: sql`
      (select c.bay_id as target_id, c.id as cart_id, c.branch_id, co.device_id
       from carts c left join bays b on b.id = c.bay_id left join controllers co on co.id = b.controller_id
       where c.id = ${ref.id})`,
    bay: sql`
      (select b.id as target_id, c.id as cart_id, d.branch_id, d.id as device_id
       from bays b join controllers co on co.id = b.controller_id join devices d on d.id = co.device_id
       left join carts c on c.bay_id = b.id
       where b.id = ${ref.id} and b.archived_at is null)`,
    controller: sql`
      (select co.id as target_id, null::uuid as cart_id, d.branch_id, d.id as device_id
       from controllers co join devices d on d.id = co.device_id
       where co.id = ${ref.id} and co.archived_at is null)`,
    device: sql`
      (select d.id as target_id, null::uuid as cart_id, d.branch_id, d.id as device_id
       from devices d where d.id = ${ref.id})`,
  }[ref.kind]
  const kind = ref.kind === "cart" ? "bay" : ref.kind
  const rows = sql<Row>`
    select x.target_id, x.cart_id, ct.revision as cart_revision, ct.value as cart_value, x.device_id,
           x.branch_id, br.chain_id, ch.slug as chain_slug, br.branch_code,
           t.machine, t.version, t.value, t.context, t.deadlines, t.revision,
           (select count(*)::integer from commands k
            where k.device_id = x.device_id and k.stage in ('created', 'sent', 'accepted', 'executing')
              and k.expires_at > ${toInstant(atMs)}::timestamptz) as in_flight
    from ${from} x
    join branches br on br.id = x.branch_id
    join chains ch on ch.id = br.chain_id
    left join twins t on t.kind = ${kind} and t.id = x.target_id
    left join twins ct on ct.kind = 'cart' and ct.id = x.cart_id`
  return Effect.map(rows, ([row]) => row && toTarget(row, kind))
}

const toTarget = (row: Row, kind: "bay" | "controller" | "device"): CommandTarget => {
  const { target_id, cart_id, machine, version, value, context, deadlines, revision } = row
  const target = target_id === null ? null : { kind, id: target_id }
  return {
    device: {
      deviceId: row.device_id === null ? null : DeviceId.make(row.device_id),
      branchId: BranchId.make(row.branch_id),
      chainId: ChainId.make(row.chain_id),
      chainSlug: row.chain_slug,
      branchCode: row.branch_code,
    },
    target,
    cartId: cart_id,
    bay: kind === "bay" && machine !== null ? { machine, version, value, context, deadlines, revision } : null,
    concerns: [
      ...(target === null || machine === null ? [] : [{ ref: target, revision, value }]),
      ...(cart_id === null || row.cart_revision === null
        ? []
        : [{ ref: { kind: "cart" as const, id: cart_id }, revision: row.cart_revision, value: row.cart_value }]),
    ],
    inFlight: row.in_flight,
  }
}
