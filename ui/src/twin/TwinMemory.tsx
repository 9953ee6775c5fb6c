/**
 * What a twin remembers beyond its state, and what ends by itself and when.
 */
import { useAtom } from "@xstate/store-react"
import type { Twin } from "#core/api/Twins.ts"
import { delayNameOf } from "#twins/chart/DelayName.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { clockAtom } from "../live/Clock.ts"
import { useTimeText } from "../live/useTwin.ts"
import { ageText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"

type Memory = Pick<Twin, "context" | "deadlines">

interface Props {
  readonly twin: Memory
  /** Now, where the twin is; the server's time if not given. */
  readonly nowMs?: number
}

export const TwinMemory = ({ twin, nowMs }: Props) => {
  const { twinPage } = useWords()
  const entries = Object.entries(twin.context ?? {})
  return (
    <div className="space-y-4">
      <section aria-label={twinPage.memory} className="space-y-2">
        <h3 className="text-sm font-semibold">{twinPage.memory}</h3>
        <dl className="grid grid-cols-2 gap-x-4 gap-y-2.5 sm:grid-cols-3">
          {entries.map(([name, value]) => (
            <Fact key={name} name={name}>
              <bdi dir="ltr" className="font-mono text-xs" title={JSON.stringify(value)}>
                <Remembered value={value} />
              </bdi>
            </Fact>
          ))}
        </dl>
      </section>
      <section aria-label={twinPage.deadlines} className="space-y-1">
        <h3 className="text-sm font-semibold">{twinPage.deadlines}</h3>
        {twin.deadlines.length === 0 ? <p className="text-sm text-dim">{twinPage.noDeadlines}</p> : null}
        <ul className="space-y-1">
          {twin.deadlines.map((deadline) => (
            <DeadlineLine key={deadline.id} {...deadline} nowMs={nowMs} />
          ))}
        </ul>
      </section>
    </div>
  )
}

/** An instant is shown as one: the memory keeps it as milliseconds. */
const Remembered = ({ value }: { readonly value: unknown }) => {
  const timeText = useTimeText()
  const isInstant = typeof value === "number" && value > 1_000_000_000_000
  if (isInstant) return timeText(value)
  return typeof value === "string" ? value : JSON.stringify(value)
}

interface LineProps {
  readonly id: string
  readonly dueAt: number
  readonly nowMs: number | undefined
}

const DeadlineLine = ({ id, dueAt, nowMs }: LineProps) => {
  const { age, twinPage } = useWords()
  const timeText = useTimeText()
  const serverMs = useAtom(clockAtom, (clock) => clock.serverMs)
  const name = delayNameOf(id) ?? id
  const leftMs = dueAt - (nowMs ?? serverMs)
  return (
    <li className="flex items-baseline justify-between gap-3 text-sm">
      <span>
        {leftMs > 0 ? twinPage.due(name, ageText({ ...age, now: age.seconds(1) }, leftMs)) : twinPage.overdue(name)}
      </span>
      <span dir="ltr" className="text-xs text-dim tabular-nums">
        {timeText(dueAt)}
      </span>
    </li>
  )
}
