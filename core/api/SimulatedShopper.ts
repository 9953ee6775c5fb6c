/**
 * The two things that a shopper of a simulated branch has no body for: reading the message on a phone that does not exist,
 * and pulling or pushing a cart that does not exist. Both are refused for everything that is real.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ChallengeId } from "../domain/Ids.ts"
import { NotFound, SimulationRefused, Unavailable } from "./Problems.ts"
import { ShopperAuthorization } from "./Shoppers.ts"
import { FakePhoneMessage, ShopperHand } from "./ShopperRecords.ts"

export class SimulatedShopperGroup extends HttpApiGroup.make("simulatedShopper")
  .add(
    HttpApiEndpoint.get("message", "/simulation/challenges/:id", {
      params: { id: ChallengeId },
      success: FakePhoneMessage,
      error: NotFound,
    }).annotate(
      OpenApi.Description,
      "The message with the code of one request, as the fake phone shows it. Only for a simulated branch whose messages are not really sent.",
    ),
    HttpApiEndpoint.post("hand", "/simulation/me/:verb", {
      params: { verb: ShopperHand },
      success: Schema.Struct({ done: Schema.String }),
      error: [NotFound, SimulationRefused, Unavailable],
    })
      .middleware(ShopperAuthorization)
      .annotate(OpenApi.Description, "A hand at the simulated bay of the shopper's own rental."),
  )
  .annotateMerge(
    OpenApi.annotations({ title: "Simulated shopper", description: "A fake phone and a hand, in simulated branches." }),
  ) {}
