/**
 * What a code's message says, one part long in every language. The last line binds the code to the page that asked for it,
 * so that a browser fills it in there and nowhere else (WICG: origin-bound one-time codes).
 */
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import { Limits } from "#core/Limits.ts"

const minutes = Limits.otpLifetimeMs / 60_000

const sentences: Readonly<Record<ShopperLocale, (code: string) => string>> = {
  he: (code) => `${code} קוד לעגלה, ל-${minutes} דק׳`,
  en: (code) => `${code} is your cart code, for ${minutes} min`,
  ar: (code) => `${code} رمز العربة، ${minutes} دقائق`,
  ru: (code) => `${code} код для тележки, ${minutes} мин`,
}

/** The whole message; `host` is where the shopper's page lives, undefined if nowhere public. */
export const otpText = (locale: ShopperLocale, code: string, host: string | undefined): string =>
  host === undefined ? sentences[locale](code) : `${sentences[locale](code)}\n@${host} #${code}`
