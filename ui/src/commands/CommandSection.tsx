/**
 * Commands besides an unlock: a button for each that this person may ask for, then why it is asked for, then its stages as
 * somebody reports them.
 */
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useMemo, useState } from "react"
import { commandCapability } from "#core/access/commandCapability.ts"
import type { CommandKind } from "#core/domain/Command.ts"
import type { Asking } from "../api/CommandQueries.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { Button } from "../lib/Button.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { useMay } from "../staff/useMay.ts"
import type { CommandAction } from "../words/EnglishAsking.ts"
import { useWords } from "../words/Language.ts"
import { AskProblem } from "./AskProblem.tsx"
import { StageTracker } from "./StageTracker.tsx"

interface Props<A extends CommandAction> {
  /** Where it is done. */
  readonly branchId: string
  readonly actions: ReadonlyArray<A>
  /** Asks, and gives the command's id. */
  readonly ask: (action: A, asking: Asking) => Promise<string>
  readonly className?: string
}

const kindOf = (action: CommandAction): CommandKind =>
  action === "maintenanceOn" || action === "maintenanceOff" ? "maintenance" : action

export const CommandSection = <A extends CommandAction>({ branchId, actions, ask, className = "" }: Props<A>) => {
  const words = useWords().asking
  const may = useMay(branchId)
  const [chosen, setChosen] = useState<A>()
  const [followed, setFollowed] = useState<{ readonly action: A; readonly commandId: string }>()
  const allowed = actions.filter((action) => may(commandCapability[kindOf(action)]))
  if (allowed.length === 0) return null
  return (
    <section aria-label={words.title} className={`space-y-2.5 px-4 py-3 ${className}`}>
      <div className="flex flex-wrap gap-1.5">
        {allowed.map((action) => (
          <Button
            key={action}
            size="small"
            aria-expanded={chosen === action}
            onClick={() => setChosen(chosen === action ? undefined : action)}
          >
            {words.actions[action]}
          </Button>
        ))}
      </div>
      {chosen === undefined ? null : (
        <AskForm
          key={chosen}
          lead={words.leads[chosen]}
          ask={(asking) => ask(chosen, asking)}
          onAsked={(commandId) => {
            setFollowed({ action: chosen, commandId })
            setChosen(undefined)
          }}
        />
      )}
      {followed === undefined ? null : (
        <StageTracker
          key={followed.commandId}
          kind={kindOf(followed.action)}
          commandId={followed.commandId}
          onDismiss={() => setFollowed(undefined)}
        />
      )}
    </section>
  )
}

interface AskFormProps {
  readonly lead: string
  readonly ask: (asking: Asking) => Promise<string>
  readonly onAsked: (commandId: string) => void
}

const AskForm = ({ lead, ask, onAsked }: AskFormProps) => {
  const { asking: words, unlock } = useWords()
  const [reason, setReason] = useState("")
  const key = useMemo(newRequestKey, [reason])
  const asking = useMutation({ mutationFn: () => ask({ reason: reason.trim(), key }), onSuccess: onAsked })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason.trim() !== "" && !asking.isPending) asking.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-2.5 rounded-lg border border-line bg-canvas p-3">
      <p className="text-sm text-dim">{lead}</p>
      <ReasonField value={reason} onChange={setReason} />
      {asking.error === null ? null : <AskProblem error={asking.error} />}
      <Button type="submit" kind="primary" size="small" disabled={reason.trim() === "" || asking.isPending}>
        {asking.isPending ? unlock.sending : words.send}
      </Button>
    </form>
  )
}
