/** One person: who it is, what that person was given, and what may be done about it. */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useState } from "react"
import type { Invitation, User } from "#core/api/Users.ts"
import { changeUser, inviteUser, removeSecondFactorOf, userQuery } from "../api/StaffQueries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { Button } from "../lib/Button.tsx"
import { Chip } from "../lib/Chip.tsx"
import { Field } from "../lib/Field.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { Confirmation } from "../staff/Confirmation.tsx"
import { InvitationNotice } from "../staff/InvitationNotice.tsx"
import { UserGrants } from "../staff/UserGrants.tsx"
import { standingLook, standingOf } from "../staff/userStanding.ts"
import { useWords } from "../words/Language.ts"

export const UserPage = () => {
  const { loading } = useWords()
  const { id } = useParams({ from: "/frame/users/$id" })
  const asked = useQuery(userQuery(id))
  if (asked.data !== undefined) return <UserView user={asked.data} />
  return (
    <div className="p-4 lg:p-6">
      {asked.error === null ? (
        <p className="text-dim">{loading}</p>
      ) : (
        <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />
      )}
    </div>
  )
}

const link = "text-accent underline underline-offset-2"

const UserView = ({ user }: { readonly user: User }) => {
  const { users: words } = useWords().staff
  const standing = standingOf(user)
  return (
    <div className="max-w-3xl space-y-5 p-4 lg:p-6">
      <title>{pageTitle(user.name)}</title>
      <Link to="/users" className={`${link} text-sm`}>
        {words.back}
      </Link>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-lg font-semibold">
          <bdi>{user.name}</bdi>
        </h1>
        <Chip look={standingLook[standing]}>{words[standing]}</Chip>
      </div>
      <dl className="grid grid-cols-1 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 text-sm sm:grid-cols-3">
        <Fact name={words.email}>
          <bdi dir="ltr" className="break-all">
            {user.email}
          </bdi>
        </Fact>
        <Fact name={words.secondFactor}>{user.second_factor ? words.yes : words.no}</Fact>
        <Fact name={words.whatTheyDid}>
          <WhatTheyDid user={user} />
        </Fact>
      </dl>
      <UserGrants user={user} />
      {user.may_change ? <UserActions user={user} /> : <p className="text-sm text-dim">{words.mayNotChange}</p>}
    </div>
  )
}

const WhatTheyDid = ({ user }: { readonly user: User }) => {
  const { audit } = useWords().staff
  return (
    <Link to="/audit" search={{ actor: user.id }} className={link}>
      {audit.title}
    </Link>
  )
}

const UserActions = ({ user: { id, name, active, second_factor } }: { readonly user: User }) => {
  const { users: words } = useWords().staff
  const [invitation, setInvitation] = useState<Invitation>()
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-2">
        <Rename id={id} name={name} />
        {active ? (
          <Confirmation
            title={words.invite}
            lead={words.inviteLead}
            act={async () => setInvitation(await inviteUser(id))}
          />
        ) : null}
        {second_factor ? (
          <Confirmation title={words.removeFactor} lead={words.removeFactorLead} act={() => removeSecondFactorOf(id)} />
        ) : null}
        {active ? (
          <Confirmation
            title={words.bar}
            lead={words.barLead}
            kind="danger"
            act={() => changeUser(id, { active: false })}
          />
        ) : (
          <Confirmation title={words.letIn} lead={words.letInLead} act={() => changeUser(id, { active: true })} />
        )}
      </div>
      {invitation === undefined ? null : <InvitationNotice invitation={invitation} />}
    </div>
  )
}

const Rename = ({ id, name }: Pick<User, "id" | "name">) => {
  const { users: words } = useWords().staff
  const client = useQueryClient()
  const [text, setText] = useState(name)
  const submit = async (): Promise<void> => {
    await changeUser(id, { name: text.trim() })
    await client.invalidateQueries({ queryKey: ["users"] })
  }
  return (
    <FormDialog
      trigger={<Button size="small">{words.rename}</Button>}
      title={words.rename}
      isComplete={text.trim() !== "" && text.trim() !== name}
      submit={submit}
      onClosed={() => setText(name)}
    >
      <Field label={words.name} value={text} onChange={setText} dir="auto" maxLength={120} autoComplete="off" />
    </FormDialog>
  )
}
