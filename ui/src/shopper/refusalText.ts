/** A refusal in the shopper's language: what happened, and what can be done. */
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import type { Refusal } from "./ShopperApi.ts"
import { shopperWords, spanText } from "./words/ShopperLanguage.ts"

export const refusalText = (language: ShopperLocale, { code, reason, triesLeft, retryAfterMs }: Refusal): string => {
  const { refused, noCart } = shopperWords[language]
  switch (code) {
    case "phone_refused":
      return reason === "not_a_mobile" || reason === "country_not_served" ? refused[reason] : refused.not_a_phone
    case "bad_request":
      return refused.not_a_phone
    case "too_many_requests":
      return refused.wait(spanText(language, retryAfterMs ?? 60_000))
    case "code_refused":
      return reason === "wrong_code" ? refused.wrong_code(triesLeft ?? 1) : refused.over
    case "presence_required":
      return refused.presence_required
    case "rental_refused":
      return reason === "no_cart" ? noCart.title : refused.changed
    case "rental_not_changed":
      return refused.changed
    case "unauthorized":
      return refused.signedOut
    case "not_found":
      return refused.no_branch
    case "unreachable":
      return refused.unreachable
    default:
      return refused.unavailable
  }
}
