/**
 * Brings a registry document into Postgres, in one transaction, by id: what is new is inserted, what the document says anew
 * of a record (`registry_said`) is updated, what is not mentioned, or what a person has changed since, stays. Every device, controller, bay and cart gets a twin, and a cart that is placed
 * in a bay hears so as an event. Importing the same document again changes nothing.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { RegistryDocument, RegistryUser } from "#core/domain/RegistryDocument.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Configs } from "../config/Configs.ts"
import { Placements } from "../config/Placements.ts"
import { Passwords } from "../http/Passwords.ts"
import { acrossTenants } from "../store/Tenants.ts"
import { Twins } from "../store/Twins.ts"
import { flatten, type FlatRegistry } from "./FlatRegistry.ts"
import { newTwin } from "./newTwin.ts"

export class RegistryImport extends Context.Service<
  RegistryImport,
  { readonly run: (document: RegistryDocument) => Effect.Effect<void, SqlError.SqlError> }
>()("cartwise/cloud/registry/RegistryImport") {
  static readonly layer = Layer.effect(
    RegistryImport,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const twins = yield* Twins
      const passwords = yield* Passwords
      const placements = yield* Placements
      const configs = yield* Configs

      const places = Effect.fnUntraced(function* (flat: FlatRegistry) {
        yield* sql`
          insert into chains (id, name, slug, description, simulated, registry_said)
          select id, name, slug, description, simulated, to_jsonb(r) from jsonb_to_recordset(${sql.json(flat.chains)}) as r (
            id uuid, name text, slug text, description text, simulated boolean)
          on conflict (id) do update set name = excluded.name, slug = excluded.slug,
            description = excluded.description, simulated = excluded.simulated, updated_at = now(),
            registry_said = excluded.registry_said
          where chains.registry_said is distinct from excluded.registry_said`
        yield* sql`
          insert into branches (id, chain_id, name, branch_code, address, city, latitude, longitude, timezone, registry_said)
          select id, chain_id, name, branch_code, address, city, latitude, longitude, timezone, to_jsonb(r)
          from jsonb_to_recordset(${sql.json(flat.branches)}) as r (
            id uuid, chain_id uuid, name text, branch_code text, address text, city text, latitude double precision,
            longitude double precision, timezone text)
          on conflict (id) do update set name = excluded.name, branch_code = excluded.branch_code,
            address = excluded.address, city = excluded.city, latitude = excluded.latitude,
            longitude = excluded.longitude, timezone = excluded.timezone, updated_at = now(),
            registry_said = excluded.registry_said
          where branches.registry_said is distinct from excluded.registry_said`
        yield* sql`
          insert into devices (id, branch_id, device_name, mac_address, serial_number, firmware_version, registry_said)
          select id, branch_id, device_name, mac_address, serial_number, firmware_version, to_jsonb(r)
          from jsonb_to_recordset(${sql.json(flat.devices)}) as r (
            id uuid, branch_id uuid, device_name text, mac_address text, serial_number text, firmware_version text)
          on conflict (id) do update set device_name = excluded.device_name, mac_address = excluded.mac_address,
            serial_number = excluded.serial_number, updated_at = now(), registry_said = excluded.registry_said
          where devices.registry_said is distinct from excluded.registry_said`
      })

      const parts = Effect.fnUntraced(function* (flat: FlatRegistry) {
        yield* sql`
          insert into controllers (id, device_id, controller_address, port, baudrate, registry_said)
          select id, device_id, controller_address, port, baudrate, to_jsonb(r)
          from jsonb_to_recordset(${sql.json(flat.controllers)}) as r (
            id uuid, device_id uuid, controller_address integer, port text, baudrate integer)
          on conflict (id) do update set controller_address = excluded.controller_address, port = excluded.port,
            baudrate = excluded.baudrate, registry_said = excluded.registry_said
          where controllers.registry_said is distinct from excluded.registry_said`
        yield* sql`
          insert into bays (id, branch_id, controller_id, lock_index, label, registry_label, registry_said)
          select id, branch_id, controller_id, lock_index, label, label, to_jsonb(r)
          from jsonb_to_recordset(${sql.json(flat.bays)}) as r (
            id uuid, branch_id uuid, controller_id uuid, lock_index integer, label text)
          on conflict (id) do update set lock_index = excluded.lock_index, registry_label = excluded.registry_label,
            registry_said = excluded.registry_said,
            label = case when bays.registry_label is distinct from excluded.registry_label then excluded.label
                         else bays.label end
          where bays.registry_said is distinct from excluded.registry_said`
        yield* sql`
          insert into carts (id, branch_id, cart_number, registry_said)
          select id, branch_id, cart_number, to_jsonb(r)
          from jsonb_to_recordset(${sql.json(flat.carts)}) as r (id uuid, branch_id uuid, cart_number text)
          on conflict (id) do update set cart_number = excluded.cart_number, updated_at = now(),
            registry_said = excluded.registry_said
          where carts.registry_said is distinct from excluded.registry_said`
      })

      /** A generated password is hashed here; one that still fits the stored hash leaves that as it is. */
      const hashOf = Effect.fnUntraced(function* (user: RegistryUser) {
        if (user.password === undefined) return user.password_hash ?? ""
        const [row] = yield* sql<{ readonly hash: string | null }>`
          select registry_password_hash as hash from users where id = ${user.id}`
        const hash = row?.hash ?? undefined
        const fits = hash !== undefined && (yield* passwords.verify(user.password, hash))
        return fits ? hash : yield* passwords.hash(user.password)
      })

      const people = Effect.fnUntraced(function* (users: ReadonlyArray<RegistryUser>) {
        for (const user of users) {
          const { id, email, name, role } = user
          const hash = yield* hashOf(user)
          const [known] = yield* sql`select 1 from users where id = ${id} and registry_role = ${role}`
          yield* sql`
            insert into users (id, email, name, registry_role, password_hash, registry_password_hash)
            values (${id}, ${email}, ${name}, ${role}, ${hash}, ${hash})
            on conflict (id) do update set email = excluded.email, name = excluded.name,
              registry_role = excluded.registry_role, registry_password_hash = excluded.registry_password_hash,
              password_hash = case when users.registry_password_hash is distinct from excluded.registry_password_hash
                                   then excluded.password_hash else users.password_hash end,
              updated_at = now()
            where (users.email, users.name, users.registry_role, users.registry_password_hash)
              is distinct from (excluded.email, excluded.name, excluded.registry_role, excluded.registry_password_hash)`
          if (known !== undefined) continue
          yield* sql`delete from grants where user_id = ${id} and granted_by = 'registry'`
          yield* sql`
            insert into grants (user_id, role, granted_by) values (${id}, ${role}, 'registry') on conflict do nothing`
        }
      })

      /** Twins that are missing are made; those that exist take their place and label. */
      const mirror = Effect.fnUntraced(function* (flat: FlatRegistry, atMs: number) {
        for (const kind of ["device", "controller", "bay", "cart"] satisfies ReadonlyArray<TwinKind>) {
          const wanted = flat.twins.filter((twin) => twin.ref.kind === kind)
          const known = yield* twins.existing(
            kind,
            wanted.map(({ ref }) => ref.id),
          )
          yield* twins.insert(wanted.filter(({ ref }) => !known.has(ref.id)).map((twin) => newTwin(twin, atMs)))
        }
        // Where a cart belongs is its placement.
        const rows = flat.twins.filter(({ ref }) => ref.kind !== "cart").map(({ ref, ...at }) => ({ ...ref, ...at }))
        yield* sql`
          update twins t set label = r.label, device_id = r.device_id, controller_id = r.controller_id
          from (
            select f.kind, f.id, coalesce(b.label, d.device_name, 'Board ' || k.controller_address, f.label) as label,
                   f."deviceId" as device_id, f."controllerId" as controller_id
            from jsonb_to_recordset(${sql.json(rows)}) as f (
              kind text, id uuid, label text, "deviceId" uuid, "controllerId" uuid)
            left join bays b on f.kind = 'bay' and b.id = f.id
            left join devices d on f.kind = 'device' and d.id = f.id
            left join controllers k on f.kind = 'controller' and k.id = f.id
          ) r
          where t.kind = r.kind and t.id = r.id
            and (t.label, t.device_id, t.controller_id) is distinct from (r.label, r.device_id, r.controller_id)`
      })

      /** A cart goes where the file says when the file says something new: a person may have moved it since. */
      const place = Effect.fnUntraced(function* (flat: FlatRegistry, atMs: number) {
        const said = flat.placements.map(({ cart, bayId }) => ({ cart_id: cart.id, bay_id: bayId }))
        const news = yield* sql<{ readonly cart_id: string; readonly bay_id: string }>`
          select r.cart_id, r.bay_id
          from jsonb_to_recordset(${sql.json(said)}) as r (cart_id uuid, bay_id uuid)
          join carts c on c.id = r.cart_id
          where c.registry_bay_id is distinct from r.bay_id
          order by r.cart_id`
        const stayed = yield* placements.arrange(
          news.map(({ cart_id, bay_id }) => ({ cartId: cart_id, bayId: bay_id })),
          { by: "registry", at: atMs, reason: null },
        )
        const done = news.filter(({ cart_id }) => !stayed.includes(cart_id))
        yield* sql`
          update carts c set registry_bay_id = r.bay_id
          from jsonb_to_recordset(${sql.json(done)}) as r (cart_id uuid, bay_id uuid) where c.id = r.cart_id`
        if (stayed.length === 0) return
        yield* Effect.logWarning("carts stay where they are: the bays the registry names are taken", { carts: stayed })
      })

      /** A code that was imported before and not used is good anew; one that was is over. */
      const claim = Effect.fnUntraced(function* (flat: FlatRegistry, atMs: number) {
        const rows = flat.devices.flatMap(({ branch_id, claim_sha256, mac_address }) =>
          claim_sha256 === undefined ? [] : [{ branch_id, code_hash: claim_sha256, mac_address }],
        )
        yield* sql`
          insert into device_claims (id, branch_id, code_hash, mac_address, created_by, created_at, expires_at)
          select gen_random_uuid(), r.branch_id, r.code_hash, r.mac_address, 'registry', ${toInstant(atMs)}::timestamptz,
                 ${toInstant(atMs + Limits.claimLifetimeMs)}::timestamptz
          from jsonb_to_recordset(${sql.json(rows)}) as r (branch_id uuid, code_hash text, mac_address text)
          on conflict (code_hash) do update set expires_at = excluded.expires_at
          where device_claims.used_at is null and device_claims.withdrawn_at is null`
      })

      const run = Effect.fn("RegistryImport.run")(
        function* (document: RegistryDocument) {
          const flat = flatten(document)
          yield* places(flat)
          yield* parts(flat)
          yield* people(document.users)
          const at = yield* Clock.currentTimeMillis
          yield* mirror(flat, at)
          yield* place(flat, at)
          yield* claim(flat, at)
          // A device that is there hears of it with its next boot, which the cloud asks for when it has started.
          yield* configs.rearrange(
            flat.devices.map(({ id }) => id),
            { by: "registry", at, reason: null },
          )
          const { chains, branches, devices, bays, carts } = flat
          yield* Effect.logInfo("the registry was imported", {
            chains: chains.length,
            branches: branches.length,
            devices: devices.length,
            bays: bays.length,
            carts: carts.length,
          })
        },
        sql.withTransaction,
        acrossTenants,
      )

      return RegistryImport.of({ run })
    }),
  )
}
