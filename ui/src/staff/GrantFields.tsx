/** A role to give: which, where, and until when. Only what one may give is offered. */
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import { StaffRole } from "#core/access/Capability.ts"
import type { HeldGrant } from "#core/access/HeldGrant.ts"
import { mayGive } from "#core/access/roleGiving.ts"
import type { NewGrant } from "#core/api/Users.ts"
import { sessionAtom } from "../api/Session.ts"
import { Field } from "../lib/Field.tsx"
import { SelectField } from "../lib/SelectField.tsx"
import { useWords } from "../words/Language.ts"
import { usePlaces } from "./usePlaces.ts"

type Place = Pick<HeldGrant, "chain_id" | "branch_id">

/** What was chosen so far. */
export interface ChosenGrant {
  readonly role: StaffRole
  /** A place's key; empty for the first that is possible. */
  readonly place: string
  /** A day, `2026-11-25`, or empty. */
  readonly until: string
}

export const noGrant: ChosenGrant = { role: "attendant", place: "", until: "" }

const keyOf = ({ chain_id, branch_id }: Place): string => `${chain_id ?? ""}/${branch_id ?? ""}`

/** What may be given: every place in its group, the roles that may be given anywhere, and the grant as it is chosen. */
export const useGivable = (chosen: ChosenGrant) => {
  const user = useAtom(sessionAtom)?.user
  const { chains, branches, nameOf } = usePlaces()
  return useMemo(() => {
    const places: ReadonlyArray<Place> = [
      { chain_id: null, branch_id: null },
      ...chains.map(({ id }) => ({ chain_id: id, branch_id: null })),
      ...branches.map(({ id, chain_id }) => ({ chain_id, branch_id: id })),
    ]
    const may = (role: StaffRole, place: Place) => user !== undefined && mayGive(user, { role, ...place })
    const roles = StaffRole.literals.filter((role) => places.some((place) => may(role, place)))
    const role = roles.includes(chosen.role) ? chosen.role : roles[0]
    const givable = role === undefined ? [] : places.filter((place) => may(role, place))
    const place = givable.find((one) => keyOf(one) === chosen.place) ?? givable[0]
    const isComplete = place !== undefined && (role !== "installer" || chosen.until !== "")
    const end = chosen.until === "" ? {} : { expires_at: new Date(`${chosen.until}T23:59:59`).toISOString() }
    const grant: NewGrant | undefined =
      role === undefined || place === undefined || !isComplete ? undefined : { role, ...place, ...end }
    return { roles, role, givable, place, grant, chains, nameOf }
  }, [user, chains, branches, nameOf, chosen])
}

interface Props {
  readonly chosen: ChosenGrant
  readonly onChoose: (chosen: ChosenGrant) => void
}

export const GrantFields = ({ chosen, onChoose }: Props) => {
  const words = useWords()
  const { users } = words.staff
  const { roles, role, givable, place, chains, nameOf } = useGivable(chosen)
  const groups = chains
    .map((chain) => ({ chain, places: givable.filter(({ chain_id }) => chain_id === chain.id) }))
    .filter(({ places }) => places.length > 0)
  return (
    <>
      <SelectField
        label={users.role}
        value={role ?? ""}
        onChange={(value) => {
          const next = roles.find((one) => one === value)
          if (next !== undefined) onChoose({ ...chosen, role: next })
        }}
      >
        {roles.map((one) => (
          <option key={one} value={one}>
            {words.roles[one]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={users.where}
        value={place === undefined ? "" : keyOf(place)}
        onChange={(key) => onChoose({ ...chosen, place: key })}
      >
        {givable.some(({ chain_id }) => chain_id === null) ? <option value="/">{users.platform}</option> : null}
        {groups.map(({ chain, places }) => (
          <optgroup key={chain.id} label={chain.name}>
            {places.map((one) => (
              <option key={keyOf(one)} value={keyOf(one)}>
                {nameOf(one)}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectField>
      <Field
        label={users.until}
        hint={users.untilHint}
        type="date"
        value={chosen.until}
        onChange={(until) => onChoose({ ...chosen, until })}
      />
    </>
  )
}
