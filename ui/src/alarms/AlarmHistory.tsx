/** What happened to an alarm, the newest first, with who did it and what was said. */
import type { AlarmLine } from "#core/api/Alarm.ts"
import { AlarmSeverity } from "#core/domain/Alarm.ts"
import { useTimeText } from "../live/useTwin.ts"
import type { Words } from "../words/English.ts"
import { useWords } from "../words/Language.ts"

const isSeverity = (text: unknown): text is AlarmSeverity => AlarmSeverity.literals.some((word) => word === text)

/** What else belongs to a line, in words. */
const saidOf = ({ alarms }: Words, { detail }: AlarmLine, timeText: (atMs: number) => string): string => {
  const { severity, to, text, reason, until } = detail
  return [
    isSeverity(severity) ? alarms.severities[severity] : undefined,
    to,
    text,
    typeof until === "string" ? alarms.shelvedUntil(timeText(Date.parse(until))) : undefined,
    reason,
  ]
    .filter((part) => typeof part === "string")
    .join(" · ")
}

export const AlarmHistory = ({ history }: { readonly history: ReadonlyArray<AlarmLine> }) => {
  const words = useWords()
  const timeText = useTimeText()
  return (
    <section aria-label={words.alarms.history} className="space-y-2">
      <h2 className="text-sm font-semibold">{words.alarms.history}</h2>
      <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
        {history.toReversed().map((line) => {
          const said = saidOf(words, line, timeText)
          return (
            <li key={line.id} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 px-4 py-2 text-sm">
              <time dateTime={line.at} dir="ltr" className="text-xs leading-5 text-dim tabular-nums">
                {timeText(Date.parse(line.at))}
              </time>
              <div className="min-w-0">
                <p className="flex flex-wrap gap-x-2">
                  <span className="font-medium">{words.alarms.happenings[line.what]}</span>
                  {line.by === "cloud" ? null : (
                    <bdi dir="ltr" className="truncate text-dim">
                      {line.by}
                    </bdi>
                  )}
                </p>
                {said === "" ? null : (
                  <p dir="auto" className="break-words text-dim">
                    {said}
                  </p>
                )}
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
