/** Alarms that follow from another one, each leading to its page. */
import { Link } from "@tanstack/react-router"
import type { Alarm } from "#core/api/Alarm.ts"
import { useWords } from "../words/Language.ts"
import { AlarmPlace } from "./AlarmPlace.tsx"

export const FollowList = ({ alarms: list }: { readonly alarms: ReadonlyArray<Alarm> }) => {
  const { alarms } = useWords()
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
      {list.map((alarm) => (
        <li key={alarm.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
          <Link
            to="/alarms/$id"
            params={{ id: String(alarm.id) }}
            className="leading-6 font-medium text-accent underline underline-offset-2"
          >
            {alarms.codes[alarm.code]}
          </Link>
          <AlarmPlace alarm={alarm} />
        </li>
      ))}
    </ul>
  )
}
