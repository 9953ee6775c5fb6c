/** The last events of a twin, each with a way to its command. */
import { Link } from "@tanstack/react-router"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import { useWords } from "../words/Language.ts"
import { EventLines } from "./EventLines.tsx"

export const EventList = ({ events }: { readonly events: ReadonlyArray<TwinHistoryEvent> | undefined }) => {
  const { commands } = useWords()
  return (
    <EventLines
      events={events}
      commandOf={(id) => (
        <Link
          to="/commands/$id"
          params={{ id }}
          title={commands.open}
          className="font-mono underline underline-offset-2 hover:text-ink"
        >
          <bdi dir="ltr">{id.slice(0, 8)}</bdi>
        </Link>
      )}
    />
  )
}
