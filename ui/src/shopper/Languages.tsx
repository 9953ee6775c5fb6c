/** The four languages, each by its own name, always in sight. */
import type { ShopperSeat } from "#core/api/ShopperRecords.ts"
import {
  ownNames,
  setShopperLanguage,
  shopperLanguages,
  useShopperLanguage,
  useShopperWords,
} from "./words/ShopperLanguage.ts"

export const Languages = ({ seat }: { readonly seat: ShopperSeat }) => {
  const chosen = useShopperLanguage()
  const { chooseLanguage } = useShopperWords()
  return (
    <div role="group" aria-label={chooseLanguage} className="flex flex-wrap gap-1">
      {shopperLanguages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === chosen}
          onClick={() => setShopperLanguage(language, seat === "own_phone")}
          className="min-h-12 flex-auto rounded-lg border-2 border-edge bg-surface px-2 text-sm sm:text-base font-semibold aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {ownNames[language]}
        </button>
      ))}
    </div>
  )
}
