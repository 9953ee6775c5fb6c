/** The phone that a simulated branch has instead of the shopper's: it shows the message and can fill the code in. */
import { useCallback } from "react"
import { Limits } from "#core/Limits.ts"
import { BigButton } from "./Parts.tsx"
import { fakeMessage } from "./ShopperApi.ts"
import { usePolled } from "./usePolled.ts"
import { useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  readonly challengeId: string
  readonly onFill: (code: string) => void
}

export const FakePhone = ({ challengeId, onFill }: Props) => {
  const { fake } = useShopperWords()
  const ask = useCallback(() => fakeMessage(challengeId), [challengeId])
  const { answer } = usePolled(ask, (found) => (found === undefined ? Limits.shopperNearMs : Limits.otpLifetimeMs))
  const code = /\d{6}/u.exec(answer?.text ?? "")?.[0]
  return (
    <aside aria-label={fake.title} className="simulated-frame space-y-3 rounded-2xl p-4">
      <h2 className="font-bold text-warn">{fake.title}</h2>
      <p className="text-ink">{fake.lead}</p>
      <p role="status" dir="auto" className="rounded-xl bg-surface p-3 whitespace-pre-line text-ink">
        {answer?.text ?? fake.empty}
      </p>
      {code === undefined ? null : (
        <BigButton className="w-full" onClick={() => onFill(code)}>
          {fake.fill}
        </BigButton>
      )}
    </aside>
  )
}
