/**
 * Unlocking a bay. Never optimistic: the button becomes a tracker that shows only stages somebody reported, and the
 * bay's own state is whatever its twin says. Where unlocking is not possible the button says why, in the words of the
 * machine's own refusal.
 */
import { useState } from "react"
import { LockOpen } from "lucide-react"
import { useAtom } from "@xstate/store-react"
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { StageTracker } from "../commands/StageTracker.tsx"
import { Button } from "../lib/Button.tsx"
import { isOver } from "../live/CommandProgress.ts"
import { useIsLive } from "../live/Live.tsx"
import { stagesAtom } from "../live/LiveState.ts"
import { useTwin } from "../live/useTwin.ts"
import { type ChangeBranchSearch, withCommand, withoutAsk } from "../pages/BranchSearch.ts"
import { useMay } from "../staff/useMay.ts"
import type { Words } from "../words/English.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { UnlockDialog } from "./UnlockDialog.tsx"

interface Props {
  readonly bay: Bay
  /** True if the address asks for the unlock: then it is to be confirmed at once. */
  readonly ask: boolean
  readonly commandId: string | undefined
  readonly changeSearch: ChangeBranchSearch
}

/** Why the bay cannot be unlocked now, in words; undefined if it can be tried. */
const whyNot = (words: Words, isLive: boolean, bay: Bay, twins: ReadonlyArray<Twin | undefined>) => {
  if (bay.cart === null) return words.panel.notPlaced
  if (!isLive) return words.panel.staleOffline
  const answers = twins.flatMap((twin) => twin?.can["unlock"] ?? [])
  const refusal = answers.find(({ allowed }) => !allowed)
  if (refusal !== undefined) return reasonWords(words, refusal.reason)
  return answers.length === 0 ? words.reasons.not_possible_now : undefined
}

export const UnlockSection = ({ bay, ask, commandId, changeSearch }: Props) => {
  const words = useWords()
  const [asking, setAsking] = useState(false)
  const bayTwin = useTwin("bay", bay.id)
  const cartTwin = useTwin("cart", bay.cart?.id ?? "")
  const possible = whyNot(words, useIsLive(), bay, [cartTwin, bayTwin])
  const refusal = useMay(bay.branch_id)("bay.unlock") ? possible : reasonWords(words, "role")
  const under = useAtom(stagesAtom(commandId ?? ""))
  const running = commandId !== undefined && !isOver(under)
  const stopAsking = (): void => {
    setAsking(false)
    if (ask) changeSearch(withoutAsk, { replace: true })
  }
  // The way back leads past the question that was answered.
  const follow = (command: string | undefined): void =>
    changeSearch((search) => withCommand(search, command), { replace: ask })
  return (
    <section aria-label={words.unlock.title} className="space-y-3 px-4 py-3">
      {commandId === undefined ? null : (
        <StageTracker key={commandId} kind="unlock" commandId={commandId} onDismiss={() => follow(undefined)} />
      )}
      {running ? null : (
        <div className="space-y-1.5">
          <Button
            kind="primary"
            className="w-full"
            disabled={refusal !== undefined}
            aria-describedby={refusal === undefined ? undefined : "unlock-refusal"}
            onClick={() => setAsking(true)}
          >
            <LockOpen aria-hidden className="size-4" />
            {words.unlock.button(bay.label)}
          </Button>
          {refusal === undefined ? null : (
            <p id="unlock-refusal" className="text-xs text-dim">
              <span className="font-medium">{words.unlock.impossible}</span> {refusal}
            </p>
          )}
        </div>
      )}
      {bay.cart === null ? null : (
        <UnlockDialog
          open={asking || ask}
          bay={bay}
          cart={bay.cart}
          refusal={refusal}
          onClose={stopAsking}
          onAsked={(command) => {
            setAsking(false)
            follow(command)
          }}
        />
      )}
    </section>
  )
}
