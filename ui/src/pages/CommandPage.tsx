/**
 * One command: what was asked and why, how far it came, and everything that was done for it.
 */
import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import type { CommandView } from "#core/api/Commands.ts"
import { isFinal } from "#core/domain/Command.ts"
import { commandQuery, commandTraceQuery } from "../api/Queries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { StageTracker } from "../commands/StageTracker.tsx"
import { TraceTable } from "../commands/TraceTable.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { TwinLink } from "../table/TwinLink.tsx"
import { elapsedText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"

export const CommandPage = () => {
  const words = useWords()
  const { id } = useParams({ from: "/frame/commands/$id" })
  const command = useQuery(commandQuery(id))
  if (command.data === undefined) {
    return (
      <div className="p-4 lg:p-6">
        {command.error === null ? (
          <p className="text-dim">{words.loading}</p>
        ) : (
          <ProblemNotice error={command.error} onRetry={() => void command.refetch()} />
        )}
      </div>
    )
  }
  const title = words.commands.kinds[command.data.kind]
  return (
    <div className="max-w-6xl space-y-4 p-4 lg:p-6">
      <title>{pageTitle(title)}</title>
      <h1 className="flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
        {title}
        <bdi dir="ltr" className="font-mono text-xs font-normal text-dim">
          {id}
        </bdi>
      </h1>
      <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="space-y-4">
          <CommandFacts command={command.data} />
          <StageTracker kind={command.data.kind} commandId={id} />
        </div>
        <TraceSection id={id} over={isFinal(command.data.stage)} stages={command.data.stages.length} />
      </div>
    </div>
  )
}

const CommandFacts = ({ command }: { readonly command: CommandView }) => {
  const { commands } = useWords()
  const timeText = useTimeText()
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4">
      <Fact name={commands.target}>
        <TwinLink {...command.target} />
      </Fact>
      <Fact name={commands.when}>
        <bdi dir="ltr">{timeText(Date.parse(command.created_at))}</bdi>
      </Fact>
      <Fact name={commands.requestedBy}>
        <bdi>{command.requested_by}</bdi>
      </Fact>
      <Fact name={commands.pulses}>{command.pulses}</Fact>
      <Fact name={commands.why}>
        <bdi>{command.requested_reason}</bdi>
      </Fact>
    </dl>
  )
}

interface TraceProps {
  readonly id: string
  readonly over: boolean
  readonly stages: number
}

const TraceSection = ({ id, over, stages }: TraceProps) => {
  const { commands } = useWords()
  const language = useLanguage()
  const trace = useQuery(commandTraceQuery(id, over, stages))
  const off = trace.data?.edge_clock_off_ms ?? null
  return (
    <section aria-label={commands.trace} className="min-w-0 space-y-2">
      <div>
        <h2 className="text-sm font-semibold">{commands.trace}</h2>
        <p className="max-w-prose text-xs text-dim">
          {commands.traceLead} {off === null ? null : commands.clockOff(elapsedText(language, Math.ceil(off)))}
        </p>
      </div>
      {trace.error === null ? null : <ProblemNotice error={trace.error} onRetry={() => void trace.refetch()} />}
      {trace.data === undefined ? null : <TraceTable trace={trace.data} />}
    </section>
  )
}
