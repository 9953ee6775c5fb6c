/** A shopper's number in the clear: for a reason, and noted in the audit log before it is shown. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Phone } from "../domain/Phone.ts"
import { WrittenText } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound } from "./Problems.ts"

export class PhonesGroup extends HttpApiGroup.make("phones")
  .add(
    HttpApiEndpoint.post("reveal", "/rentals/:id/reveal-phone", {
      params: { id: Schema.String.check(Schema.isUUID()) },
      payload: Schema.Struct({ reason: WrittenText(3, 200) }),
      success: Schema.Struct({ phone: Phone }),
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        "Shows the number of a rental's shopper. Who asked and why is in the audit log. An attendant may ask of an overdue rental.",
      )
      .annotateMerge(needs("rental.phone", "rental.phone_overdue")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Phones", description: "Numbers in the clear, for a reason." })) {}
