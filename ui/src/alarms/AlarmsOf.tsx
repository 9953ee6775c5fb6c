/** The open alarms about one twin, each leading to its page; nothing if there are none. */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { alarmsQuery } from "../api/AlarmQueries.ts"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useWords } from "../words/Language.ts"
import { SeverityChip } from "./SeverityChip.tsx"

interface Props {
  readonly id: string
  readonly className?: string
}

export const AlarmsOf = ({ id, className = "" }: Props) => {
  const { alarms } = useWords()
  const open = useQuery(alarmsQuery("open", useAtom(alarmsHeardAtom))).data?.items
  const own = open?.filter(({ about }) => about.id === id) ?? []
  if (own.length === 0) return null
  return (
    <ul aria-label={alarms.title} className={`flex flex-wrap gap-x-4 gap-y-1 ${className}`}>
      {own.map((alarm) => (
        <li key={alarm.id} className="flex items-center gap-1.5 text-sm">
          <SeverityChip severity={alarm.severity} />
          <Link
            to="/alarms/$id"
            params={{ id: String(alarm.id) }}
            className="leading-6 text-accent underline underline-offset-2"
          >
            {alarms.codes[alarm.code]}
          </Link>
        </li>
      ))}
    </ul>
  )
}
