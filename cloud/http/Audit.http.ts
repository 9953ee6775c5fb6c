/** The audit log and its seals, for whoever may read them there. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { may, scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { AuditSeals, type SealReport } from "../audit/AuditSeals.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { position } from "./Registry.http.ts"

const hashed = (head: SealReport["head"]) => (head === null ? null : { seq: head.seq, hash: head.seal })

export const AuditHttp = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fn(function* (handlers) {
    const trail = yield* AuditTrail
    const seals = yield* AuditSeals
    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const person = yield* CurrentPerson
        const at = yield* position(query)
        const reader = { scope: scopeOf(person, "audit.read"), userId: person.userId }
        const { chain_id: chainId, branch_id: branchId, target_id: targetId, actor, action, from, to } = query
        return yield* Effect.orDie(trail.list(at, reader, { chainId, branchId, actor, action, targetId, from, to }))
      }),
      verify: Effect.fnUntraced(function* ({ query: { chain_id = null } }) {
        const person = yield* CurrentPerson
        if (!may(person, "audit.read", { chainId: chain_id })) return yield* new NotFound({})
        const { checked, head, broken, unsealed } = yield* Effect.orDie(seals.verify(chain_id))
        return { chain_id, intact: broken === null && unsealed === 0, checked, head: hashed(head), broken, unsealed }
      }),
    })
  }),
)
