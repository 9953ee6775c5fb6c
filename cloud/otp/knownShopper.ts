/** The shopper of a number in a chain, made if new; nothing but the sealed number is kept. */
import type { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { randomUUID } from "node:crypto"
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import type { Phone } from "#core/domain/Phone.ts"
import type { PhoneVault } from "../privacy/PhoneVault.ts"
import type { Shopper, Shoppers } from "../store/Shoppers.ts"

interface Known {
  readonly phone: Phone
  readonly phoneMasked: string
  readonly chainId: string
  readonly locale: ShopperLocale
  readonly at: number
}

export const knownShopper = (
  vault: PhoneVault["Service"],
  shoppers: Shoppers["Service"],
  { at, chainId, locale, phone, phoneMasked }: Known,
): Effect.Effect<Shopper, SqlError.SqlError> => {
  const id = randomUUID()
  return shoppers.known({
    id,
    chainId,
    phoneName: vault.nameOf(phone, `chain/${chainId}`),
    phoneSealed: vault.seal(phone, `shopper/${id}`),
    phoneMasked,
    locale,
    at,
  })
}
