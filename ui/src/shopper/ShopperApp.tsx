/** The page a shopper stands before: which shop, in which language, and then either the own phone's page or the kiosk's. */
import { useCallback } from "react"
import { Limits } from "#core/Limits.ts"
import { Kiosk } from "./Kiosk.tsx"
import { OwnPhone } from "./OwnPhone.tsx"
import { BigButton, Trouble } from "./Parts.tsx"
import { Languages } from "./Languages.tsx"
import { refusalText } from "./refusalText.ts"
import { branchNow } from "./ShopperApi.ts"
import type { ShopperPlace } from "./ShopperPlace.ts"
import { usePolled } from "./usePolled.ts"
import { useShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

export const ShopperApp = ({ place: { seat, branch: address } }: { readonly place: ShopperPlace }) => {
  const words = useShopperWords()
  const language = useShopperLanguage()
  const ask = useCallback(() => branchNow(address), [address])
  const { answer: branch, refusal, again } = usePolled(ask, () => Limits.shopperFarMs)
  return (
    <div className="mx-auto flex min-h-dvh max-w-2xl flex-col">
      {branch?.simulated === true ? (
        <aside aria-label={words.simulated} className="bg-warn-soft px-4 py-2 text-base text-warn">
          <strong>{words.simulated}.</strong> {words.simulatedLead}
        </aside>
      ) : null}
      <header className="space-y-3 p-4">
        <Languages seat={seat} />
        {branch === undefined ? null : (
          <p className="text-dim">
            <bdi>{branch.name}</bdi>
          </p>
        )}
      </header>
      <main className="flex-1 px-4 pb-10">
        {branch === undefined ? (
          refusal === undefined ? (
            <p role="status">{words.loading}</p>
          ) : (
            <div className="space-y-4">
              <Trouble text={refusalText(language, refusal)} />
              <BigButton className="w-full" onClick={() => void again()}>
                {words.retry}
              </BigButton>
            </div>
          )
        ) : seat === "kiosk" ? (
          <Kiosk branch={branch} />
        ) : (
          <OwnPhone branch={branch} />
        )}
      </main>
    </div>
  )
}
