/** The hand that a simulated branch has instead of the shopper's own. What it did shows only when the bay has read it. */
import { useState } from "react"
import type { ShopperHand } from "#core/api/ShopperRecords.ts"
import { BigButton, Trouble } from "./Parts.tsx"
import { fakeHand } from "./ShopperApi.ts"
import { useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  readonly token: string
  readonly verbs: ReadonlyArray<ShopperHand>
  readonly onDone: () => void
}

export const FakeHand = ({ token, verbs, onDone }: Props) => {
  const { fake } = useShopperWords()
  const [isRefused, setRefused] = useState(false)
  const act = async (verb: ShopperHand): Promise<void> => {
    try {
      await fakeHand(token, verb)
      setRefused(false)
    } catch {
      setRefused(true)
    }
    onDone()
  }
  return (
    <aside aria-label={fake.handTitle} className="simulated-frame space-y-3 rounded-2xl p-4">
      <h2 className="font-bold text-warn">{fake.handTitle}</h2>
      <p className="text-ink">{fake.handLead}</p>
      {verbs.map((verb) => (
        <BigButton key={verb} className="w-full" onClick={() => void act(verb)}>
          {fake[verb]}
        </BigButton>
      ))}
      <Trouble text={isRefused ? fake.refused : undefined} />
    </aside>
  )
}
