/**
 * A shopper's cart: which screen is shown is the state of the rental's machine, as the cloud has it, and how old that is
 * stands below. A press asks; only an answer changes what is shown.
 */
import { useCallback, useEffect, useRef, useState } from "react"
import type { BranchNow, MyRental, ShopperSeat } from "#core/api/ShopperRecords.ts"
import { fromInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { CartScreen } from "./CartScreen.tsx"
import { FakeHand } from "./FakeHand.tsx"
import { Freshness } from "./Freshness.tsx"
import { NoCart } from "./NoCart.tsx"
import { BigButton, Screen, Trouble } from "./Parts.tsx"
import { refusalText } from "./refusalText.ts"
import { isAtTheBay, rentalScreen } from "./RentalScreen.ts"
import { anotherCart, myRental, Refusal, takeCart } from "./ShopperApi.ts"
import { usePolled } from "./usePolled.ts"
import { ltr, useShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  readonly seat: ShopperSeat
  readonly branch: BranchNow
  readonly token: string
  readonly phoneMasked: string
  /** The number was proved just now, to take a cart: one is asked for at once, if there is none. */
  readonly takesAtOnce: boolean
  /** The token is no longer good, or the shopper says that it is somebody else's. */
  readonly onSignOut: () => void
  /** How the rental stands, whenever that changes. */
  readonly onState?: (state: string | undefined) => void
  readonly onDone?: () => void
}

const isSettled = (rental: MyRental | null | undefined): boolean => rental?.open !== true

export const RentalView = ({ seat, branch, token, phoneMasked, takesAtOnce, onSignOut, onState, onDone }: Props) => {
  const language = useShopperLanguage()
  const words = useShopperWords()
  const ask = useCallback(() => myRental(token), [token])
  const {
    answer,
    heardAtMs,
    refusal: silence,
    again,
  } = usePolled(ask, (heard) =>
    heard?.rental?.open === true && isAtTheBay(rentalScreen(heard.rental.state))
      ? Limits.shopperNearMs
      : Limits.shopperFarMs,
  )
  const rental = answer?.rental
  const [watched, setWatched] = useState<string>()
  const [asking, setAsking] = useState<"take" | "another">()
  const [refusal, setRefusal] = useState<Refusal>()
  const hasAsked = useRef(false)

  const attempt = async (what: "take" | "another"): Promise<void> => {
    setAsking(what)
    setRefusal(undefined)
    try {
      await (what === "take" ? takeCart(token, branch.id) : anotherCart(token))
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal({ code: "unreadable" }))
    }
    await again()
    setAsking(undefined)
  }

  useEffect(() => {
    if (rental?.open === true) setWatched(rental.id)
  }, [rental])
  useEffect(() => onState?.(rental?.open === true ? rental.state : undefined), [rental, onState])
  useEffect(() => {
    if (!takesAtOnce || hasAsked.current || answer === undefined) return
    hasAsked.current = true
    if (isSettled(answer.rental)) void attempt("take")
  }, [answer])
  useEffect(() => {
    if (silence?.code === "unauthorized" || refusal?.code === "unauthorized") onSignOut()
  }, [silence, refusal])

  const take = (): void => void attempt("take")
  if (answer === undefined) {
    return silence === undefined ? (
      <p role="status">{words.loading}</p>
    ) : (
      <Trouble text={refusalText(language, silence)} />
    )
  }
  if (asking === "take") return <Screen title={words.known.busy}>{null}</Screen>
  if (refusal?.reason === "no_cart" && isSettled(rental)) {
    return <NoCart branch={branch} onTake={take} />
  }
  const isShown = rental !== null && rental !== undefined && (rental.open || rental.id === watched)
  const tooOften = refusal?.code === "too_many_requests" ? words.refused.askStaff : undefined
  const trouble = tooOften ?? (refusal === undefined ? undefined : refusalText(language, refusal))
  if (!isShown) {
    return (
      <Screen title={words.known.title}>
        <p>{words.known.lead(ltr(phoneMasked))}</p>
        <p className="text-lg font-semibold text-good">{words.freeCarts(branch.free_carts)}</p>
        <Trouble text={trouble} />
        <BigButton kind="primary" className="w-full" onClick={take}>
          {words.known.take}
        </BigButton>
        <BigButton kind="quiet" className="w-full" onClick={onSignOut}>
          {words.known.forget}
        </BigButton>
      </Screen>
    )
  }
  const screen = rentalScreen(rental.state)
  const verbs = screen === "pull" ? (["take", "return"] as const) : (["return", "mislatch"] as const)
  const hasHand = branch.simulated && rental.open && rental.bay !== null && !["choosing", "opening"].includes(screen)
  return (
    <div className="space-y-5">
      <CartScreen
        screen={screen}
        rental={rental}
        branch={branch}
        seat={seat}
        nowMs={fromInstant(answer.now) + Date.now() - heardAtMs}
        isAskingAnother={asking === "another"}
        trouble={trouble}
        onAnother={() => void attempt("another")}
        onTake={take}
        onDone={onDone}
      />
      <Freshness heardAtMs={heardAtMs} />
      {hasHand ? <FakeHand token={token} verbs={verbs} onDone={() => void again()} /> : null}
    </div>
  )
}
