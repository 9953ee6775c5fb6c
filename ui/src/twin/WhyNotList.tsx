/**
 * Every event a twin could be given, and what it would answer now: where it leads, or which condition does not hold, or in
 * which states it would mean something. Asked of the machine itself.
 */
import { ArrowRight, Ban, Check } from "lucide-react"
import { useMemo, useState } from "react"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { type Answer, whyNotTaken } from "#twins/chart/WhyNot.ts"
import { candidatesFor } from "#twins/sandbox/Candidates.ts"
import type { Stored } from "#twins/Stored.ts"
import type { Words } from "../words/English.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"
import { candidateWords } from "./candidateWords.ts"

const filters = ["everything", "onlyTaken", "onlyRefused"] as const
type Filter = (typeof filters)[number]

interface Props {
  readonly stored: Stored
  /** The instant the question is about, milliseconds UTC. */
  readonly nowMs: number
}

export const WhyNotList = ({ stored, nowMs }: Props) => {
  const words = useWords()
  const { twinPage } = words
  const [filter, setFilter] = useState<Filter>("everything")
  const answers = useMemo(
    () => candidatesFor(stored, nowMs).map((event) => ({ event, answer: whyNotTaken(stored, event) })),
    [stored, nowMs],
  )
  const shown = answers.filter(({ answer }) => filter === "everything" || answer.taken === (filter === "onlyTaken"))
  return (
    <div className="space-y-3">
      <p className="text-sm text-dim">{twinPage.whyLead}</p>
      <div role="group" aria-label={words.branch.filters} className="flex rounded-md bg-sunken p-0.5">
        {filters.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === filter}
            onClick={() => setFilter(name)}
            className="h-7 flex-1 rounded text-xs font-medium text-dim hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm"
          >
            {twinPage[name]}
          </button>
        ))}
      </div>
      <ol className="divide-y divide-line">
        {shown.map(({ event, answer }, index) => (
          <AnswerLine key={`${event.type}/${index}`} kind={stored.machine} event={event} answer={answer} />
        ))}
      </ol>
    </div>
  )
}

interface LineProps {
  readonly kind: TwinKind
  readonly event: TwinEvent
  readonly answer: Answer
}

const AnswerLine = ({ kind, event, answer }: LineProps) => {
  const words = useWords()
  const { twinPage } = words
  const Icon = answer.taken ? Check : Ban
  return (
    <li className="flex gap-2.5 py-2 text-sm" data-event={event.type} data-taken={answer.taken}>
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${answer.taken ? "text-good" : "text-bad"}`} />
      <div className="min-w-0 flex-1 space-y-0.5">
        <p className="font-medium">
          {candidateWords(words, event)}{" "}
          <span className="font-normal text-dim">{answer.taken ? twinPage.taken : twinPage.refused}</span>
        </p>
        {answer.taken ? <TakenText kind={kind} enters={answer.enters} /> : <RefusedText kind={kind} answer={answer} />}
      </div>
    </li>
  )
}

const TakenText = ({ kind, enters }: { readonly kind: TwinKind; readonly enters: ReadonlyArray<string> }) => {
  const words = useWords()
  if (enters.length === 0) return <p className="text-xs text-dim">{words.twinPage.memoryOnly}</p>
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-dim">
      <ArrowRight aria-hidden className="size-3 rtl:rotate-180" />
      <span className="sr-only">{words.twinPage.leadsTo}</span>
      {enters.map((state) => stateWord(words, kind, state)).join(", ")}
    </p>
  )
}

const RefusedText = ({
  kind,
  answer,
}: {
  readonly kind: TwinKind
  readonly answer: Extract<Answer, { taken: false }>
}) => {
  const words = useWords()
  const { twinPage } = words
  const conditions = answer.guards.map((guard) => guardWords(words, guard))
  return (
    <div className="text-xs text-dim">
      {answer.reason === "not_possible_now" ? null : <p>{reasonWords(words, answer.reason)}</p>}
      {conditions.length === 0 ? null : (
        <>
          <p>{twinPage.noneHolds}</p>
          <ul className="list-disc ps-4">
            {conditions.map((condition) => (
              <li key={condition}>{condition}</li>
            ))}
          </ul>
        </>
      )}
      {answer.knownIn.length === 0 ? null : (
        <p>
          {twinPage.knownIn} {answer.knownIn.map((state) => stateWord(words, kind, state)).join(", ")}
        </p>
      )}
    </div>
  )
}

const guardWords = ({ guards }: Words, guard: string): string => {
  const known: Readonly<Record<string, string>> = guards
  return known[guard] ?? guard
}
