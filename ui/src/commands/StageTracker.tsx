/**
 * What became of a command: each stage as it is reported, when, and why if it went wrong.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { X } from "lucide-react"
import { useEffect, useState } from "react"
import { type CommandKind, isFinal } from "#core/domain/Command.ts"
import { commandQuery } from "../api/Queries.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { serverNow } from "../live/Clock.ts"
import { currentStage } from "../live/CommandProgress.ts"
import { stagesAtom } from "../live/LiveState.ts"
import { elapsedText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import { StageLines } from "./StageLines.tsx"

interface Props {
  readonly kind: CommandKind
  readonly commandId: string
  /** Absent where the tracker stays. */
  readonly onDismiss?: () => void
}

export const StageTracker = ({ kind, commandId, onDismiss }: Props) => {
  const words = useWords()
  const command = useQuery(commandQuery(commandId))
  const reached = useAtom(stagesAtom(commandId))
  const current = currentStage(reached)
  const over = current !== undefined && isFinal(current.stage)
  const startedAt = reached[0]?.atMs
  return (
    <div
      role="group"
      aria-label={words.unlock.progress}
      data-stage={current?.stage}
      className="rounded-lg border border-line bg-canvas p-3"
    >
      <div className="flex items-center gap-2 text-xs text-dim">
        <span className="font-medium text-ink">{words.commands.kinds[kind]}</span>
        <Elapsed startedAt={startedAt} stoppedAt={over ? current.atMs : undefined} />
        {command.data === undefined || command.data.pulses === 0 ? null : (
          <span>{words.unlock.pulses(command.data.pulses)}</span>
        )}
        {over && onDismiss !== undefined ? (
          <button
            type="button"
            aria-label={words.unlock.dismiss}
            onClick={onDismiss}
            className="ms-auto grid size-6 place-items-center rounded hover:bg-sunken hover:text-ink"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        ) : null}
      </div>
      <StageLines kind={kind} reached={reached} />
      {command.data === undefined ? null : (
        <p className="mt-2 truncate text-xs text-dim" dir="auto">
          {command.data.requested_reason} · <bdi dir="ltr">{command.data.requested_by}</bdi>
        </p>
      )}
      {onDismiss === undefined ? null : (
        <Link
          to="/commands/$id"
          params={{ id: commandId }}
          className="mt-1 inline-block text-xs text-accent underline underline-offset-2"
        >
          {words.commands.open}
        </Link>
      )}
      {command.error === null ? null : <ProblemNotice error={command.error} onRetry={() => void command.refetch()} />}
    </div>
  )
}

interface ElapsedProps {
  readonly startedAt: number | undefined
  readonly stoppedAt: number | undefined
}

const tenthMs = 100

/** The time a command has taken, counting while it runs. */
const Elapsed = ({ startedAt, stoppedAt }: ElapsedProps) => {
  const { unlock } = useWords()
  const language = useLanguage()
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    if (stoppedAt !== undefined) return
    const timer = setInterval(() => setNow(serverNow()), tenthMs)
    return () => clearInterval(timer)
  }, [stoppedAt])
  if (startedAt === undefined) return null
  return (
    <bdi dir="ltr" className="tabular-nums" aria-label={unlock.elapsed}>
      {elapsedText(language, (stoppedAt ?? now) - startedAt)}
    </bdi>
  )
}
