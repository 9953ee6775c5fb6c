/** Who may sign in, and what each may do where. */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import type { Invitation, User } from "#core/api/Users.ts"
import { usersQuery } from "../api/StaffQueries.ts"
import { Chip } from "../lib/Chip.tsx"
import { CreateUser } from "../staff/CreateUser.tsx"
import { InvitationNotice } from "../staff/InvitationNotice.tsx"
import { usePlaces } from "../staff/usePlaces.ts"
import { standingLook, standingOf } from "../staff/userStanding.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"

export const UsersPage = () => {
  const { users: words } = useWords().staff
  const asked = useQuery(usersQuery)
  const { holds } = useScope()
  const columns = useColumns()
  const { search, onSearch } = useTable()
  const [invitation, setInvitation] = useState<Invitation>()
  return (
    <ListPage title={words.title} lead={words.lead} asked={[asked]} choice={<CreateUser onCreated={setInvitation} />}>
      {invitation === undefined ? null : <InvitationNotice invitation={invitation} />}
      <DataTable
        title={words.title}
        rows={asked.data?.filter(({ grants }) => grants.length === 0 || grants.some(holds)) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={words.none}
      />
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<User>> => {
  const words = useWords()
  const { nameOf } = usePlaces()
  return useMemo(() => {
    const { users } = words.staff
    const rolesOf = ({ grants, hidden_grants }: User): string =>
      [
        ...grants.map((grant) => `${words.roles[grant.role]} · ${nameOf(grant)}`),
        ...(hidden_grants === 0 ? [] : [users.hidden(hidden_grants)]),
      ].join(", ")
    return [
      {
        name: "name",
        title: users.name,
        value: ({ name }) => name,
        cell: ({ id, name }) => (
          <Link to="/users/$id" params={{ id }} className="font-medium text-accent underline underline-offset-2">
            <bdi>{name}</bdi>
          </Link>
        ),
      },
      {
        name: "email",
        title: users.email,
        value: ({ email }) => email,
        cell: ({ email }) => (
          <bdi dir="ltr" className="break-all">
            {email}
          </bdi>
        ),
      },
      { name: "roles", title: users.roles, value: (user) => rolesOf(user) },
      {
        name: "second_factor",
        title: users.secondFactor,
        value: ({ second_factor }) => (second_factor ? users.yes : users.no),
      },
      {
        name: "standing",
        title: users.standing,
        value: (user) => users[standingOf(user)],
        cell: (user) => <Chip look={standingLook[standingOf(user)]}>{users[standingOf(user)]}</Chip>,
      },
    ]
  }, [words, nameOf])
}
