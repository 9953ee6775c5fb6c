/**
 * What became of a command: each stage as it is reported, when, and why if it went wrong.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { Check, CircleDashed, CircleHelp, CircleX, LoaderCircle, X } from "lucide-react"
import { useEffect, useState } from "react"
import { type CommandKind, type CommandStage, isFinal } from "#core/domain/Command.ts"
import { commandQuery } from "../api/Queries.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { serverNow } from "../live/Clock.ts"
import { currentStage, type ReachedStage, type TrackLine, trackLines } from "../live/CommandProgress.ts"
import { stagesAtom } from "../live/LiveState.ts"
import { elapsedText } from "../words/Age.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useLanguage, useWords } from "../words/Language.ts"

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
      <ol className="mt-2">
        {trackLines(reached, kind).map((line) => (
          <StageLine key={line.stage} kind={kind} line={line} startedAt={startedAt} />
        ))}
      </ol>
      <p className="sr-only" role="status">
        {current === undefined ? "" : spoken(stageWord(words, kind, current.stage), reasonOf(words, current))}
      </p>
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

/** Only an unlock ends with something seen open. */
const stageWord = ({ asking, unlock }: ReturnType<typeof useWords>, kind: CommandKind, stage: CommandStage) =>
  stage === "confirmed" && kind !== "unlock" ? asking.done : unlock.stages[stage]

const spoken = (stage: string, reason: string | undefined): string =>
  reason === undefined ? stage : `${stage}: ${reason}`

const reasonOf = (words: ReturnType<typeof useWords>, { reason }: ReachedStage | TrackLine): string | undefined =>
  reason === undefined ? undefined : reasonWords(words, reason)

interface StageLineProps {
  readonly kind: CommandKind
  readonly line: TrackLine
  readonly startedAt: number | undefined
}

const StageLine = ({ kind, line, startedAt }: StageLineProps) => {
  const words = useWords()
  const language = useLanguage()
  const reason = reasonOf(words, line)
  return (
    <li className="relative flex gap-2 pb-1.5 last:pb-0" data-stage-line={line.stage} data-state={line.state}>
      <span className="mt-0.5">
        <StageIcon line={line} />
      </span>
      <div className="min-w-0 flex-1 text-sm leading-5">
        <div className="flex items-baseline justify-between gap-2">
          <span
            className={line.state === "ahead" ? "text-dim" : line.state === "awaited" ? "text-busy" : "font-medium"}
          >
            {stageWord(words, kind, line.stage)}
          </span>
          {line.atMs === undefined || startedAt === undefined ? null : (
            <bdi dir="ltr" className="text-xs text-dim tabular-nums">
              +{elapsedText(language, line.atMs - startedAt)}
            </bdi>
          )}
        </div>
        {reason === undefined ? null : <p className="text-xs text-dim">{reason}</p>}
      </div>
    </li>
  )
}

const StageIcon = ({ line: { stage, state } }: { readonly line: TrackLine }) => {
  if (state === "ahead") return <CircleDashed aria-hidden className="size-4 text-edge" />
  if (state === "awaited") return <LoaderCircle aria-hidden className="size-4 text-busy motion-safe:animate-spin" />
  if (stage === "unknown") return <CircleHelp aria-hidden className="size-4 text-warn" />
  if (stage === "rejected" || stage === "failed" || stage === "expired") {
    return <CircleX aria-hidden className="size-4 text-bad" />
  }
  return <Check aria-hidden className="size-4 text-good" />
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
