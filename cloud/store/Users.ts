/** Staff who may sign in. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Person, StaffRole } from "#core/api/Authorization.ts"
import { UserId } from "#core/domain/Ids.ts"

export interface StoredUser {
  readonly person: Person
  readonly passwordHash: string
}

interface Row {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: StaffRole
  readonly password_hash: string
}

const toUser = (row: Row): StoredUser => ({
  person: { userId: UserId.make(row.id), email: row.email, name: row.name, role: row.role },
  passwordHash: row.password_hash,
})

export class Users extends Context.Service<
  Users,
  {
    /** An active user by e-mail address, whatever its case. */
    readonly byEmail: (email: string) => Effect.Effect<StoredUser | undefined, SqlError.SqlError>
    readonly byId: (id: string) => Effect.Effect<Person | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.map(PgClient.PgClient, (sql) =>
      Users.of({
        byEmail: (email) =>
          Effect.map(sql<Row>`select * from users where lower(email) = lower(${email}) and active`, ([row]) =>
            row === undefined ? undefined : toUser(row),
          ),
        byId: (id) =>
          Effect.map(sql<Row>`select * from users where id = ${id} and active`, ([row]) =>
            row === undefined ? undefined : toUser(row).person,
          ),
      }),
    ),
  )
}
