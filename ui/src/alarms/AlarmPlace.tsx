/** What an alarm is about, leading to where that is shown. */
import { Link } from "@tanstack/react-router"
import type { Alarm } from "#core/api/Alarm.ts"
import { TwinLink } from "../table/TwinLink.tsx"

export const AlarmPlace = ({ alarm: { about, label } }: { readonly alarm: Alarm }) => {
  const { kind, id } = about
  if (kind === "chain") return <bdi dir="auto">{label}</bdi>
  if (kind !== "branch") return <TwinLink kind={kind} id={id} label={label === "" ? undefined : label} />
  return (
    <Link to="/branches/$branchId" params={{ branchId: id }} className="text-accent underline underline-offset-2">
      <bdi dir="auto">{label}</bdi>
    </Link>
  )
}
