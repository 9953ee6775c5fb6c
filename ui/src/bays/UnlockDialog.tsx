/**
 * Asks before a lock moves: names the bay as printed on it, says what will happen, and wants a reason.
 */
import { useMutation } from "@tanstack/react-query"
import { Dialog } from "radix-ui"
import { type FormEvent, useMemo, useState } from "react"
import type { Bay } from "#core/api/Records.ts"
import { unlockCart } from "../api/CommandQueries.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { AskProblem } from "../commands/AskProblem.tsx"
import { Button } from "../lib/Button.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { useWords } from "../words/Language.ts"

interface Props {
  readonly open: boolean
  readonly bay: Bay
  readonly cart: NonNullable<Bay["cart"]>
  readonly refusal: string | undefined
  readonly onClose: () => void
  readonly onAsked: (commandId: string) => void
}

export const UnlockDialog = ({ open, onClose, ...rest }: Props) => (
  <Dialog.Root
    open={open}
    onOpenChange={(next) => {
      if (!next) onClose()
    }}
  >
    <Dialog.Portal>
      <Dialog.Overlay className="fading-in fixed inset-0 z-50 bg-black/45" />
      <Dialog.Content className="fading-in fixed inset-x-4 top-[12vh] z-50 mx-auto max-h-[80vh] max-w-md overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-float">
        <UnlockForm onClose={onClose} {...rest} />
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
)

const UnlockForm = ({ bay, cart, refusal, onClose, onAsked }: Omit<Props, "open">) => {
  const { unlock, cancel } = useWords()
  const [reason, setReason] = useState("")
  // Sent again after no answer came, the same request is the same command. Another reason is another request.
  const key = useMemo(newRequestKey, [reason])
  const ask = useMutation({ mutationFn: () => unlockCart(cart.id, { reason: reason.trim(), key }), onSuccess: onAsked })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason.trim() !== "" && !ask.isPending) ask.mutate()
  }
  const lead = bay.simulated ? unlock.confirmLeadSimulated : unlock.confirmLead
  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="space-y-1">
        <Dialog.Title className="text-lg font-semibold">{unlock.confirmTitle(bay.label)}</Dialog.Title>
        <Dialog.Description className="text-sm text-dim">{lead(bay.label, cart.cart_number)}</Dialog.Description>
      </div>
      <ReasonField value={reason} onChange={setReason} />
      <div className="flex flex-wrap gap-1.5">
        {unlock.quickReasons.map((quick) => (
          <Button key={quick} size="small" onClick={() => setReason(quick)}>
            {quick}
          </Button>
        ))}
      </div>
      {ask.error === null ? null : <AskProblem error={ask.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{cancel}</Button>
        <Button
          type="submit"
          kind="primary"
          disabled={reason.trim() === "" || ask.isPending || refusal !== undefined}
          aria-describedby={refusal === undefined ? undefined : "unlock-form-refusal"}
        >
          {ask.isPending ? unlock.sending : unlock.send}
        </Button>
      </div>
      {refusal === undefined ? null : (
        <p id="unlock-form-refusal" className="text-end text-xs text-dim">
          {unlock.impossible} {refusal}
        </p>
      )}
    </form>
  )
}
