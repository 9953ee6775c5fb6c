/** What somebody was given, with the way to take it or give more. */
import { useQueryClient } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import { useState } from "react"
import { mayGive } from "#core/access/roleGiving.ts"
import type { User } from "#core/api/Users.ts"
import { giveRole, takeRole } from "../api/StaffQueries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { Confirmation } from "./Confirmation.tsx"
import { type ChosenGrant, GrantFields, noGrant, useGivable } from "./GrantFields.tsx"
import { usePlaces } from "./usePlaces.ts"

export const UserGrants = ({ user }: { readonly user: User }) => {
  const words = useWords()
  const { users } = words.staff
  const me = useAtom(sessionAtom)?.user
  const { nameOf } = usePlaces()
  const timeText = useTimeText()
  const when = (instant: string) => timeText(Date.parse(instant))
  return (
    <section aria-label={users.roles} className="space-y-2">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-sm font-semibold">{users.roles}</h2>
        <GiveRole user={user} />
      </div>
      {user.grants.length === 0 && user.hidden_grants === 0 ? (
        <p className="text-sm text-dim">{users.noRoles}</p>
      ) : null}
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface empty:hidden">
        {user.grants.map((grant) => {
          const role = words.roles[grant.role]
          const place = nameOf(grant)
          return (
            <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2.5 text-sm">
              <div className="min-w-0 flex-1">
                <p className="font-medium">
                  {grant.expires_at === null ? role : users.roleUntil(role, when(grant.expires_at))}
                  <span className="font-normal text-dim">
                    {" · "}
                    <bdi>{place}</bdi>
                  </span>
                </p>
                <p className="text-xs text-dim">{users.granted(grant.granted_by, when(grant.granted_at))}</p>
              </div>
              {me !== undefined && mayGive(me, grant) ? (
                <Confirmation
                  title={users.take}
                  ariaLabel={users.takeRole(role, place)}
                  lead={users.takeRole(role, place)}
                  act={() => takeRole(user.id, grant.id)}
                />
              ) : null}
            </li>
          )
        })}
      </ul>
      {user.hidden_grants === 0 ? null : <p className="text-xs text-dim">{users.hidden(user.hidden_grants)}</p>}
    </section>
  )
}

const GiveRole = ({ user }: { readonly user: User }) => {
  const { users } = useWords().staff
  const client = useQueryClient()
  const [chosen, setChosen] = useState<ChosenGrant>(noGrant)
  const { grant, roles } = useGivable(chosen)
  const submit = async (): Promise<void> => {
    if (grant === undefined) return
    await giveRole(user.id, grant)
    await client.invalidateQueries({ queryKey: ["users"] })
  }
  if (roles.length === 0) return null
  return (
    <FormDialog
      trigger={<Button size="small">{users.give}</Button>}
      title={users.give}
      lead={users.giveLead}
      isComplete={grant !== undefined}
      submit={submit}
      onClosed={() => setChosen(noGrant)}
    >
      <GrantFields chosen={chosen} onChoose={setChosen} />
    </FormDialog>
  )
}
