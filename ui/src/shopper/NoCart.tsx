/** No cart is free. The page looks again by itself, and says when there is one. */
import type { BranchNow } from "#core/api/ShopperRecords.ts"
import { BigButton, Screen } from "./Parts.tsx"
import { useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  /** As heard last; whoever shows this keeps it new. */
  readonly branch: BranchNow
  readonly onTake: () => void
}

export const NoCart = ({ branch, onTake }: Props) => {
  const { noCart, known, freeCarts } = useShopperWords()
  const isFree = branch.free_carts > 0
  return (
    <Screen title={noCart.title}>
      <p>{noCart.lead}</p>
      <p role="status" className={`text-lg font-semibold ${isFree ? "text-good" : "text-dim"}`}>
        {freeCarts(branch.free_carts)}
      </p>
      <BigButton kind={isFree ? "primary" : "plain"} className="w-full" onClick={onTake}>
        {isFree ? known.take : noCart.look}
      </BigButton>
    </Screen>
  )
}
