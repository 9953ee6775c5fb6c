/** Bringing a cart back: what to do, what the bays say meanwhile, and what helps when the hook does not catch. */
import type { BranchNow, MyBay, ShopperSeat } from "#core/api/ShopperRecords.ts"
import { More, Note } from "./Parts.tsx"
import { ltr, useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  readonly seat: ShopperSeat
  readonly branch: BranchNow
  /** The bay of the own cart; null for somebody who is not known here. */
  readonly bay: MyBay | null
}

export const BringBack = ({ seat, branch, bay }: Props) => {
  const { bringBack: words } = useShopperWords()
  const steps = seat === "kiosk" ? words.kioskSteps : words.steps
  const isMine = (label: string): boolean => label === bay?.label
  const notCaught = branch.not_latched.filter((label) => !isMine(label))
  return (
    <div className="space-y-4">
      <div role="status" className="space-y-3">
        {bay?.latch === "ajar.entering" ? <Note>{words.entering(ltr(bay.label))}</Note> : null}
        {bay?.latch === "ajar.unlatched" ? <Note>{words.notCaught(ltr(bay.label))}</Note> : null}
        {notCaught.map((label) => (
          <Note key={label}>{words.notCaught(ltr(label))}</Note>
        ))}
      </div>
      <h2 className="text-xl font-bold">{words.title}</h2>
      <p>{bay === null ? words.freePlaces(branch.free_bays) : words.home(ltr(bay.label))}</p>
      <ol className="list-decimal space-y-1 ps-6">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <More title={words.notLatching}>
        <ul className="list-disc space-y-2 ps-5">
          {words.tips.map((tip) => (
            <li key={tip}>{tip}</li>
          ))}
        </ul>
      </More>
      <More title={words.lost}>
        <p>{words.lostTip}</p>
      </More>
    </div>
  )
}
