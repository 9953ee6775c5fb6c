/** A kiosk beside the carts: one visit after the other, and nothing of one is there for the next. */
import { useCallback, useEffect, useState } from "react"
import type { BranchNow, ShopperSignedIn } from "#core/api/ShopperRecords.ts"
import { Limits } from "#core/Limits.ts"
import { BringBack } from "./BringBack.tsx"
import { IdleGuard } from "./IdleGuard.tsx"
import { BigButton, Screen } from "./Parts.tsx"
import { isAtTheBay, rentalScreen } from "./RentalScreen.ts"
import { RentalView } from "./RentalView.tsx"
import { SignIn } from "./SignIn.tsx"
import { setShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

export const Kiosk = ({ branch }: { readonly branch: BranchNow }) => {
  const [visit, setVisit] = useState(0)
  const reset = useCallback(() => {
    setShopperLanguage("he", false)
    setVisit((before) => before + 1)
  }, [])
  return <Visit key={visit} branch={branch} onOver={reset} />
}

type Page =
  { readonly at: "start" | "signIn" | "bringBack" } | { readonly at: "cart"; readonly who: typeof ShopperSignedIn.Type }

const Visit = ({ branch, onOver }: { readonly branch: BranchNow; readonly onOver: () => void }) => {
  const words = useShopperWords()
  const [page, setPage] = useState<Page>({ at: "start" })
  const [state, setState] = useState<string>()
  const [isTaken, setTaken] = useState(false)
  const screen = state === undefined ? undefined : rentalScreen(state)
  // Whoever opened a cart here walks away with it: the farewell goes by itself, and the number with it.
  useEffect(() => {
    if (screen === "pull") setTaken(true)
  }, [screen])
  const isFarewell = isTaken && screen === "out"
  useEffect(() => {
    if (!isFarewell) return undefined
    const timer = setTimeout(onOver, Limits.kioskFarewellMs)
    return () => clearTimeout(timer)
  }, [isFarewell, onOver])
  const isAtTheCart = page.at === "cart" && screen !== undefined && isAtTheBay(screen) && state !== "pickup.nagging"
  return (
    <>
      {page.at === "start" ? (
        <Screen title={words.kiosk.title}>
          <p role="status" className="text-xl font-semibold text-good">
            {words.freeCarts(branch.free_carts)}
          </p>
          <BigButton kind="primary" className="min-h-24 w-full text-2xl!" onClick={() => setPage({ at: "signIn" })}>
            {words.kiosk.take}
          </BigButton>
          <BigButton className="min-h-24 w-full text-2xl!" onClick={() => setPage({ at: "bringBack" })}>
            {words.kiosk.bringBack}
          </BigButton>
          <p className="text-dim">{words.code.noPhone}</p>
        </Screen>
      ) : null}
      {page.at === "signIn" ? (
        <SignIn seat="kiosk" branch={branch} onSignedIn={(who) => setPage({ at: "cart", who })} />
      ) : null}
      {page.at === "bringBack" ? (
        <Screen title={words.kiosk.bringBack}>
          <BringBack seat="kiosk" branch={branch} bay={null} />
        </Screen>
      ) : null}
      {page.at === "cart" ? (
        <RentalView
          seat="kiosk"
          branch={branch}
          token={page.who.access_token}
          phoneMasked={page.who.shopper.phone_masked}
          takesAtOnce
          onSignOut={onOver}
          onState={setState}
          onDone={onOver}
        />
      ) : null}
      {page.at === "start" ? null : (
        <>
          <BigButton kind="quiet" className="mt-5 w-full" onClick={onOver}>
            {words.kiosk.startOver}
          </BigButton>
          <IdleGuard isHeld={isAtTheCart} onReset={onOver} />
        </>
      )}
    </>
  )
}
