/**
 * A question in a window of its own: what is asked, some fields, and a button that does it. It closes when it is done; what
 * went wrong is said inside.
 */
import { useMutation } from "@tanstack/react-query"
import { Dialog } from "radix-ui"
import { type FormEvent, type ReactNode, useState } from "react"
import { useWords } from "../words/Language.ts"
import { Button } from "./Button.tsx"
import { ProblemNotice } from "./ProblemNotice.tsx"

interface Props {
  /** What opens it. */
  readonly trigger: ReactNode
  readonly title: string
  readonly lead?: string
  readonly children: ReactNode
  /** False while something is still to be filled in. */
  readonly isComplete: boolean
  readonly submit: () => Promise<unknown>
  /** After it was done or closed: the fields begin anew. */
  readonly onClosed: () => void
}

export const FormDialog = ({ trigger, title, lead, children, isComplete, submit, onClosed }: Props) => {
  const { cancel } = useWords()
  const [open, setOpen] = useState(false)
  const close = (next: boolean): void => {
    setOpen(next)
    if (next) return
    onClosed()
    sent.reset()
  }
  const sent = useMutation({ mutationFn: submit, onSuccess: () => close(false) })
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (isComplete && !sent.isPending) sent.mutate()
  }
  return (
    <Dialog.Root open={open} onOpenChange={close}>
      <Dialog.Trigger asChild>{trigger}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fading-in fixed inset-0 z-50 bg-black/45" />
        <Dialog.Content
          {...(lead === undefined ? { "aria-describedby": undefined } : {})}
          className="fading-in fixed inset-x-4 top-[12vh] z-50 mx-auto max-h-[80vh] max-w-md overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-float"
        >
          <form onSubmit={send} className="space-y-4">
            <div className="space-y-1">
              <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
              {lead === undefined ? null : <Dialog.Description className="text-sm text-dim">{lead}</Dialog.Description>}
            </div>
            {children}
            {sent.error === null ? null : <ProblemNotice error={sent.error} />}
            <div className="flex justify-end gap-2">
              <Button onClick={() => close(false)}>{cancel}</Button>
              <Button type="submit" kind="primary" disabled={!isComplete || sent.isPending}>
                {title}
              </Button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
