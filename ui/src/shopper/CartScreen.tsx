/** The screens of a cart, one for each thing a rental's machine can say. */
import type { ReactNode } from "react"
import type { BranchNow, MyRental, ShopperSeat } from "#core/api/ShopperRecords.ts"
import { fromInstant } from "#core/domain/Instant.ts"
import { BringBack } from "./BringBack.tsx"
import { BigButton, Note, Screen, Trouble } from "./Parts.tsx"
import { placeText } from "./placeText.ts"
import type { RentalScreen } from "./RentalScreen.ts"
import { RowPicture } from "./RowPicture.tsx"
import { clockText, ltr, spanText, useShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  readonly screen: RentalScreen
  readonly rental: MyRental
  readonly branch: BranchNow
  readonly seat: ShopperSeat
  /** The server's time now. */
  readonly nowMs: number
  readonly isAskingAnother: boolean
  readonly trouble: string | undefined
  readonly onAnother: () => void
  readonly onTake: () => void
  readonly onDone: (() => void) | undefined
}

export const CartScreen = (props: Props) => {
  const { screen, rental, branch, seat, nowMs, isAskingAnother, trouble, onAnother, onTake, onDone } = props
  const words = useShopperWords()
  const language = useShopperLanguage()
  const clock = (at: string): string => clockText(language, fromInstant(at), branch.timezone)
  const due = rental.due_at === null ? undefined : clock(rental.due_at)
  const again = (text: string): ReactNode => (
    <>
      <Trouble text={trouble} />
      <BigButton kind="primary" className="w-full" onClick={onTake}>
        {text}
      </BigButton>
    </>
  )
  const done =
    onDone === undefined ? null : (
      <BigButton className="w-full" onClick={onDone}>
        {words.kiosk.done}
      </BigButton>
    )
  switch (screen) {
    case "choosing":
      return <Screen title={words.opening.choosing}>{rental.bay === null ? null : <p>{words.opening.again}</p>}</Screen>
    case "opening":
      return (
        <Screen title={words.opening.title}>
          <Where rental={rental} branch={branch} />
          <p role="status">{words.opening.lead}</p>
        </Screen>
      )
    case "doubt":
      return (
        <Screen title={words.opening.doubtTitle}>
          <Where rental={rental} branch={branch} />
          <p role="status">{words.opening.doubt}</p>
        </Screen>
      )
    case "staff":
      return (
        <Screen title={words.opening.staffTitle}>
          <p role="status">{words.opening.staff}</p>
          <Where rental={rental} branch={branch} />
        </Screen>
      )
    case "pull":
      if (isAskingAnother) return <Screen title={words.pull.another}>{null}</Screen>
      return (
        <Screen title={words.pull.title}>
          <Where rental={rental} branch={branch} />
          <p role="status" className="text-lg">
            {rental.state === "pickup.nagging" ? words.pull.waiting : words.pull.lead}
          </p>
          <Trouble text={trouble} />
          <BigButton className="w-full" onClick={onAnother}>
            {words.pull.notOpening}
          </BigButton>
        </Screen>
      )
    case "out":
    case "soon":
    case "overdue":
    case "lost": {
      const titles = {
        out: words.out.title,
        soon: words.out.soonTitle,
        overdue: words.out.overdueTitle,
        lost: words.out.lostTitle,
      } as const
      const isLate = screen === "overdue" || screen === "lost"
      const leftMs = rental.due_at === null ? 0 : fromInstant(rental.due_at) - nowMs
      return (
        <Screen title={titles[screen]}>
          <CartNumber rental={rental} />
          {due === undefined ? null : isLate ? (
            <Note>{words.out.overdue(due)}</Note>
          ) : (
            <p className="text-2xl font-bold">
              {words.out.back(due)}
              {leftMs > 0 ? (
                <span className="block text-lg font-normal text-dim">{words.out.left(spanText(language, leftMs))}</span>
              ) : null}
            </p>
          )}
          <BringBack seat={seat} branch={branch} bay={rental.bay} />
          {done}
        </Screen>
      )
    }
    case "settling":
      return (
        <Screen title={words.bringBack.settlingTitle}>
          <p role="status">{words.bringBack.settling}</p>
        </Screen>
      )
    case "returned":
      return (
        <Screen title={words.end.returnedTitle}>
          <p role="status" className="text-lg">
            {words.end.returned}
          </p>
          <CartNumber rental={rental} />
          {rental.picked_up_at === null || rental.ended_at === null ? null : (
            <p>{words.end.times(clock(rental.picked_up_at), clock(rental.ended_at))}</p>
          )}
          {again(words.end.another)}
          {done}
        </Screen>
      )
    case "cancelled":
      return (
        <Screen title={words.end.cancelledTitle}>
          <p role="status">{words.end.cancelled}</p>
          {again(words.known.take)}
          {done}
        </Screen>
      )
    case "failed":
      return (
        <Screen title={words.end.failedTitle}>
          <p role="status">{words.end.failed}</p>
          {again(words.end.givenAnother)}
          {done}
        </Screen>
      )
    case "noCart":
      return <Screen title={words.noCart.title}>{again(words.noCart.look)}</Screen>
    case "closed":
    case "disputed":
      return (
        <Screen title={screen === "closed" ? words.end.closedTitle : words.end.disputedTitle}>
          <p role="status">{screen === "closed" ? words.end.closed : words.end.disputed}</p>
          {again(words.end.another)}
          {done}
        </Screen>
      )
  }
}

const CartNumber = ({ rental }: { readonly rental: MyRental }) => {
  const words = useShopperWords()
  if (rental.cart_number === null) return null
  return <p className="text-xl font-semibold">{words.cart(ltr(rental.cart_number))}</p>
}

/** Which cart, and where it stands: in words and as a picture of the row. */
const Where = ({ rental, branch }: Pick<Props, "rental" | "branch">) => {
  const words = useShopperWords()
  const language = useShopperLanguage()
  const { bay, cart_number } = rental
  if (bay === null || cart_number === null) return null
  const [first = "", last = ""] = [bay.row[0], bay.row.at(-1)]
  const readAt = bay.read_at === null ? undefined : clockText(language, fromInstant(bay.read_at), branch.timezone)
  return (
    <div className="space-y-4 rounded-2xl border-2 border-line bg-surface p-5">
      <p className="text-3xl leading-tight font-bold sm:text-4xl">{words.cart(ltr(cart_number))}</p>
      <p className="text-2xl font-semibold text-accent">{placeText(words, bay.row, bay.label)}</p>
      <RowPicture row={bay.row} label={bay.label} />
      <p className="text-dim">
        {words.place.label(ltr(bay.label))} · <bdi>{bay.where}</bdi>
        <span className="sr-only"> {words.place.between(ltr(first), ltr(last))}</span>
      </p>
      {bay.stale ? <Note>{readAt === undefined ? words.now.bayNever : words.now.bayStale(readAt)}</Note> : null}
    </div>
  )
}
