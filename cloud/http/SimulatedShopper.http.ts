/** The fake phone and the hand of a shopper in a simulated branch. What is real has neither, whoever asks. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { NotFound } from "#core/api/Problems.ts"
import { CurrentShopper } from "#core/api/Shoppers.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Settings } from "../Settings.ts"
import { Inbox } from "../sms/Inbox.ts"
import { MyRentals } from "../rentals/MyRentals.ts"
import { OtpChallenges } from "../store/OtpChallenges.ts"
import { handAt } from "./Simulation.http.ts"

export const SimulatedShopperHttp = HttpApiBuilder.group(
  Api,
  "simulatedShopper",
  Effect.fn(function* (handlers) {
    const settings = yield* Settings
    const inbox = yield* Inbox
    const challenges = yield* OtpChallenges
    const myRentals = yield* MyRentals
    return handlers.handleAll({
      message: Effect.fnUntraced(function* ({ params: { id } }) {
        const simulated = yield* Effect.orDie(challenges.isSimulated(id))
        const found = simulated ? inbox.messages().find(({ key }) => key === `otp/${id}`) : undefined
        return found === undefined ? yield* new NotFound({}) : { text: found.text, at: toInstant(found.at) }
      }),
      hand: Effect.fnUntraced(function* ({ params: { verb } }) {
        const shopper = yield* CurrentShopper
        const mine = yield* Effect.orDie(myRentals.of(shopper.id))
        const bay = mine?.rental.isOpen === true ? mine.bay : undefined
        if (bay?.simulated !== true) return yield* new NotFound({ detail: "There is no simulated cart of yours." })
        return yield* handAt(settings, bay.id, verb)
      }),
    })
  }),
)
