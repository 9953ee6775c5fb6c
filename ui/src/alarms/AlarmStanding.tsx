/** How far an alarm is: going on or over, seen by whom, given to whom, put aside until when. */
import type { Alarm } from "#core/api/Alarm.ts"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"

export const AlarmStanding = ({ alarm }: { readonly alarm: Alarm }) => {
  const { alarms } = useWords()
  const timeText = useTimeText()
  const { acknowledged, assignee, shelved } = alarm
  const more = [
    acknowledged === null ? undefined : alarms.acknowledgedBy(acknowledged.by),
    assignee === null ? undefined : alarms.assignee(assignee),
    shelved === null ? undefined : alarms.shelvedUntil(timeText(Date.parse(shelved.until))),
  ].filter((text) => text !== undefined)
  return (
    <div className="min-w-0">
      <p>{alarms.states[alarm.state]}</p>
      {more.map((text) => (
        <p key={text} dir="auto" className="truncate text-xs text-dim">
          {text}
        </p>
      ))}
    </div>
  )
}
