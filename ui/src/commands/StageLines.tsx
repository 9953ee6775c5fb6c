/** The stages of a command: reached, awaited, ahead; each with when, and why if it went wrong. */
import { Check, CircleDashed, CircleHelp, CircleX, LoaderCircle } from "lucide-react"
import type { CommandKind, CommandStage } from "#core/domain/Command.ts"
import { currentStage, type ReachedStage, type TrackLine, trackLines } from "../live/CommandProgress.ts"
import { elapsedText } from "../words/Age.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useLanguage, useWords } from "../words/Language.ts"

interface Props {
  readonly kind: CommandKind
  readonly reached: ReadonlyArray<ReachedStage>
}

export const StageLines = ({ kind, reached }: Props) => {
  const words = useWords()
  const current = currentStage(reached)
  const startedAt = reached[0]?.atMs
  return (
    <>
      <ol className="mt-2">
        {trackLines(reached, kind).map((line) => (
          <StageLine key={line.stage} kind={kind} line={line} startedAt={startedAt} />
        ))}
      </ol>
      <p className="sr-only" role="status">
        {current === undefined ? "" : spoken(stageWord(words, kind, current.stage), reasonOf(words, current))}
      </p>
    </>
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
