/**
 * The last events of a twin: when, what, who, and why if it was refused.
 */
import { Ban } from "lucide-react"
import type { ReactNode } from "react"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import { useTimeText } from "../live/useTwin.ts"
import { actorWords, eventType, eventWords, reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"

interface Props {
  readonly events: ReadonlyArray<TwinHistoryEvent> | undefined
  /** Shows the command that an event belongs to. */
  readonly commandOf: (commandId: string) => ReactNode
}

export const EventLines = ({ events, commandOf }: Props) => {
  const words = useWords()
  if (events === undefined) return <p className="text-sm text-dim">{words.loading}</p>
  if (events.length === 0) return <p className="text-sm text-dim">{words.panel.noEvents}</p>
  return (
    <ol>
      {events.map((event) => (
        <EventLine key={event.id} event={event} commandOf={commandOf} />
      ))}
    </ol>
  )
}

const EventLine = ({ event, commandOf }: { readonly event: TwinHistoryEvent } & Pick<Props, "commandOf">) => {
  const words = useWords()
  const timeText = useTimeText()
  return (
    <li className="flex gap-3 border-t border-line py-1.5 text-sm first:border-t-0">
      <time dateTime={event.at} dir="ltr" className="w-16 shrink-0 pt-px text-xs text-dim tabular-nums">
        {timeText(Date.parse(event.at))}
      </time>
      <div className="min-w-0 flex-1">
        <p className={event.accepted ? "" : "text-dim"} title={eventType(event.event)}>
          {event.accepted ? null : <Ban aria-hidden className="me-1 inline size-3.5 align-[-2px] text-bad" />}
          {eventWords(words, event.event)}
          {event.announces.map((announcement) => (
            <span key={announcement} className="ms-1.5 rounded bg-accent-soft px-1.5 text-xs text-accent">
              {words.announcements[announcement]}
            </span>
          ))}
        </p>
        <p className="truncate text-xs text-dim">
          {event.accepted ? null : (
            <>
              {words.panel.refused}: {reasonWords(words, event.reason)} ·{" "}
            </>
          )}
          <bdi>{words.panel.by(actorWords(words, event.actor))}</bdi>
          {event.command_id === null ? null : (
            <>
              {" · "}
              {commandOf(event.command_id)}
            </>
          )}
        </p>
      </div>
      <span className="shrink-0 pt-px text-xs text-dim tabular-nums">
        <bdi dir="ltr">r{event.revision}</bdi>
      </span>
    </li>
  )
}
