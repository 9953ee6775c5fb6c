/** Shows a shopper's number to whoever may see it, after that is noted. */
import { Effect, Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { SealedPhones } from "../store/SealedPhones.ts"

export const PhonesHttp = HttpApiBuilder.group(
  Api,
  "phones",
  Effect.fn(function* (handlers) {
    const phones = yield* SealedPhones
    const vault = yield* PhoneVault
    const audit = yield* Audit
    return handlers.handleAll({
      reveal: Effect.fnUntraced(function* ({ params: { id }, payload: { reason } }) {
        const person = yield* CurrentPerson
        const found = yield* Effect.orDie(phones.ofRental(id))
        if (found === undefined) return yield* new NotFound({ detail: "There is no such rental." })
        const enough: ReadonlyArray<Capability> = found.isOverdue
          ? ["rental.phone", "rental.phone_overdue"]
          : ["rental.phone"]
        yield* demand(person, enough, found)
        yield* Effect.orDie(
          audit.write({ by: person, action: "phone.revealed", place: found, target: { kind: "rental", id }, reason }),
        )
        return { phone: Result.getOrThrow(vault.unseal(found.sealed, `shopper/${found.shopperId}`)) }
      }),
    })
  }),
)
