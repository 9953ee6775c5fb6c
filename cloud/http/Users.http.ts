/** Staff and what they were given, for whoever may name people. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { SqlError } from "effect/sql"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson, type Person } from "#core/api/Authorization.ts"
import { UserAdmin } from "../staff/UserAdmin.ts"
import { position } from "./Registry.http.ts"

/** Does it as whoever asks; a database that fails is no answer of these routes. */
const asPerson = <A, E>(deed: (by: Person) => Effect.Effect<A, E | SqlError.SqlError>) =>
  Effect.flatMap(CurrentPerson, (by) => Effect.catchIf(deed(by), SqlError.isSqlError, Effect.die)) as Effect.Effect<
    A,
    Exclude<E, SqlError.SqlError>,
    CurrentPerson
  >

export const UsersHttp = HttpApiBuilder.group(
  Api,
  "users",
  Effect.fn(function* (handlers) {
    const admin = yield* UserAdmin
    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const { q, role, chain_id: chainId, active } = query
        const filter = { q, role, chainId, active: active === undefined ? undefined : active === "true" }
        return yield* Effect.orDie(admin.list(yield* CurrentPerson, yield* position(query), filter))
      }),
      get: ({ params: { id } }) => asPerson((by) => admin.get(by, id)),
      create: ({ payload }) => asPerson((by) => admin.create(by, payload)),
      change: ({ params: { id }, payload }) => asPerson((by) => admin.change(by, id, payload)),
      archive: ({ params: { id } }) => asPerson((by) => admin.change(by, id, { active: false })),
      invite: ({ params: { id } }) => asPerson((by) => admin.invite(by, id)),
      removeSecondFactor: ({ params: { id } }) => asPerson((by) => admin.removeSecondFactor(by, id)),
      grant: ({ params: { id }, payload }) => asPerson((by) => admin.grant(by, id, payload)),
      revoke: ({ params: { id, grant } }) => asPerson((by) => admin.revoke(by, id, grant)),
    })
  }),
)
