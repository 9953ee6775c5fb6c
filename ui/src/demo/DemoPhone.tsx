/** A shopper's phone beside the branch: the very screens of the shopper's page, fed by the rental's machine in this page. */
import { isAtTheBay, rentalScreen } from "../shopper/RentalScreen.ts"
import { CartScreen } from "../shopper/CartScreen.tsx"
import { BigButton, IsPart, Screen } from "../shopper/Parts.tsx"
import { useShopperWords } from "../shopper/words/ShopperLanguage.ts"
import { Button } from "../lib/Button.tsx"
import { useBranch, useDemoPage } from "./DemoContext.ts"
import { useDemoWords } from "./words/useDemoWords.ts"
import { bays } from "#twins/miniature/MiniaturePlan.ts"

interface Props {
  readonly rental: string | undefined
  readonly onRent: (rental: string) => void
}

export const DemoPhone = ({ rental, onRent }: Props) => {
  const { phone: words } = useDemoWords()
  const shopper = useShopperWords()
  const { demo } = useDemoPage()
  const branch = useBranch()
  const now = branch.branchNow()
  const mine = rental === undefined ? undefined : branch.rental(rental)
  const take = (): void => onRent(demo.act((branch) => branch.rent()))
  return (
    <section aria-label={words.title} className="space-y-2">
      <h2 className="text-sm font-semibold">{words.title}</h2>
      <p className="text-xs text-dim">{words.lead}</p>
      <div
        className="mx-auto max-w-80 rounded-[2rem] border-8 border-edge bg-canvas p-4 text-base lg:min-h-96"
        data-testid="phone"
      >
        <IsPart value={true}>
          {mine === undefined ? (
            <Screen title={shopper.phone.title}>
              <p className="text-lg font-semibold text-good">{shopper.freeCarts(now.free_carts)}</p>
              <BigButton kind="primary" className="w-full" disabled={now.free_carts === 0} onClick={take}>
                {shopper.known.take}
              </BigButton>
            </Screen>
          ) : (
            <CartScreen
              screen={rentalScreen(mine.state)}
              rental={mine}
              branch={now}
              seat="own_phone"
              nowMs={branch.nowMs}
              isAskingAnother={false}
              trouble={undefined}
              onAnother={() => onRent(demo.act((branch) => branch.another(mine.id)))}
              onTake={take}
              onDone={undefined}
            />
          )}
        </IsPart>
      </div>
      {mine === undefined ? null : <ShopperHand state={mine.state} label={mine.bay_label} open={mine.open} />}
    </section>
  )
}

interface HandProps {
  readonly state: string
  readonly label: string | null
  readonly open: boolean
}

/** The shopper's own hand, at the bay of the rental. */
const ShopperHand = ({ state, label, open }: HandProps) => {
  const { fake } = useShopperWords()
  const { demo } = useDemoPage()
  const screen = rentalScreen(state)
  const bay = bays.find((one) => one.label === label)
  if (!open || bay === undefined || (isAtTheBay(screen) && screen !== "pull")) return null
  const verbs = screen === "pull" ? (["take", "return"] as const) : (["return", "mislatch"] as const)
  return (
    <div role="group" aria-label={fake.handTitle} className="flex flex-wrap justify-center gap-1.5">
      {verbs.map((verb) => (
        <Button key={verb} size="small" onClick={() => demo.act((branch) => branch.hand(bay.id, verb))}>
          {fake[verb]}
        </Button>
      ))}
    </div>
  )
}
