/** How old what is shown is. Said aloud only when the connection is lost: a ticking number is nothing to listen to. */
import { Limits } from "#core/Limits.ts"
import { useNow } from "./useNow.ts"
import { spanText, useShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

export const Freshness = ({ heardAtMs }: { readonly heardAtMs: number }) => {
  const { now: words } = useShopperWords()
  const language = useShopperLanguage()
  const ageMs = useNow() - heardAtMs
  if (ageMs > Limits.shopperLostMs) {
    return (
      <p role="alert" className="rounded-xl bg-bad-soft p-4 font-medium text-bad">
        {words.lost(spanText(language, Math.floor(ageMs / 5_000) * 5_000))}
      </p>
    )
  }
  return <p className="text-base text-dim">{ageMs < 2_000 ? words.live : words.heard(spanText(language, ageMs))}</p>
}
