/** The fake phone and the hand of a shopper in a simulated branch. What is real has neither, whoever asks. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { NotFound } from "#core/api/Problems.ts"
import { CurrentShopper } from "#core/api/Shoppers.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Settings } from "../Settings.ts"
import { Inbox } from "../sms/Inbox.ts"
import { OtpChallenges } from "../store/OtpChallenges.ts"
import { Rentals } from "../store/Rentals.ts"
import { ShopperViews } from "../store/ShopperViews.ts"
import { handAt } from "./Simulation.http.ts"

export const SimulatedShopperHttp = HttpApiBuilder.group(
  Api,
  "simulatedShopper",
  Effect.fn(function* (handlers) {
    const settings = yield* Settings
    const inbox = yield* Inbox
    const challenges = yield* OtpChallenges
    const rentals = yield* Rentals
    const views = yield* ShopperViews
    return handlers.handleAll({
      message: Effect.fnUntraced(function* ({ params: { id } }) {
        const simulated = yield* Effect.orDie(challenges.isSimulated(id))
        const found = simulated ? inbox.messages().find(({ key }) => key === `otp/${id}`) : undefined
        return found === undefined ? yield* new NotFound({}) : { text: found.text, at: toInstant(found.at) }
      }),
      hand: Effect.fnUntraced(function* ({ params: { verb } }) {
        const shopper = yield* CurrentShopper
        const rental = yield* Effect.orDie(rentals.ofShopper(shopper.id))
        const bay = rental?.isOpen === true ? yield* Effect.orDie(views.bayOf(rental.id)) : undefined
        if (bay?.simulated !== true) return yield* new NotFound({ detail: "There is no simulated cart of yours." })
        return yield* handAt(settings, bay.id, verb)
      }),
    })
  }),
)
