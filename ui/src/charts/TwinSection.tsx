/**
 * A twin's live statechart and its last events, with a choice of which of the twins involved to look at.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { TwinKind } from "#core/domain/Ids.ts"
import { twinEventsQuery } from "../api/Queries.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { EventList } from "./EventList.tsx"
import { StatechartPanel } from "./StatechartPanel.tsx"

interface Choice {
  readonly kind: TwinKind
  readonly id: string
}

interface Props {
  readonly twins: ReadonlyArray<Choice>
  readonly chosen: TwinKind
  readonly onChoose: (kind: TwinKind) => void
}

export const TwinSection = ({ twins, chosen, onChoose }: Props) => {
  const words = useWords()
  const choice = twins.find(({ kind }) => kind === chosen) ?? twins[0]
  return (
    <section aria-label={words.chart.title} className="py-3">
      {twins.length < 2 ? null : (
        <div role="group" aria-label={words.chart.which} className="mx-4 mb-3 flex rounded-md bg-sunken p-0.5">
          {twins.map(({ kind }) => (
            <button
              key={kind}
              type="button"
              aria-pressed={kind === choice?.kind}
              onClick={() => onChoose(kind)}
              className="h-7 flex-1 rounded text-xs font-medium text-dim hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm"
            >
              {words.panel[kind]}
            </button>
          ))}
        </div>
      )}
      {choice === undefined ? null : <TwinView key={`${choice.kind}/${choice.id}`} {...choice} />}
    </section>
  )
}

/** The chart and the events of one twin. */
export const TwinView = ({ kind, id }: Choice) => {
  const words = useWords()
  const twin = useTwin(kind, id)
  const events = useQuery(twinEventsQuery(kind, id, twin?.revision))
  return (
    <>
      <StatechartPanel kind={kind} id={id} events={events.data ?? []} />
      <Link
        to="/twins/$kind/$id"
        params={{ kind, id }}
        className="mx-4 mt-3 inline-block text-sm text-accent underline underline-offset-2"
      >
        {words.twinPage.open}
      </Link>
      <div className="px-4 pt-4">
        <h3 className="mb-1 text-sm font-semibold">{words.panel.events}</h3>
        {events.error === null ? (
          <EventList events={events.data} />
        ) : (
          <ProblemNotice error={events.error} onRetry={() => void events.refetch()} />
        )}
      </div>
    </>
  )
}
