/**
 * Rentals: who has a cart, what is late, what needs a person, and how those of late ended. What happened to one, and what its
 * bay said meanwhile, is on its twin's page.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import type { RentalRecord } from "#core/api/Rentals.ts"
import { decideRental, type RentalAction, rentalsQuery } from "../api/RentalQueries.ts"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { Choice, ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"
import { rentalChoices } from "./RentalsSearch.ts"

export const RentalsPage = () => {
  const { rentals, table } = useWords()
  const { group = "open" } = useSearch({ from: "/frame/rentals" })
  const navigate = useNavigate({ from: "/rentals" })
  const { holds, query } = useScope()
  const asked = useQuery(rentalsQuery(group, query))
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={rentals.title}
      lead={rentals.lead}
      asked={[asked]}
      choice={
        <Choice
          label={table.show}
          names={rentalChoices}
          chosen={group}
          titleOf={(name) => rentals.groups[name]}
          onChoose={(name) => void navigate({ search: name === "open" ? {} : { group: name } })}
        />
      }
    >
      <DataTable
        title={rentals.title}
        rows={asked.data?.items.filter(holds) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={rentals.none}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<RentalRecord>> => {
  const words = useWords()
  const timeText = useTimeText()
  return useMemo(() => {
    const { rentals, table } = words
    const time = (
      name: "created_at" | "picked_up_at" | "due_at" | "ended_at",
      title: string,
    ): Column<RentalRecord> => ({
      name,
      title,
      value: (one) => one[name],
      cell: (one) => {
        const at = one[name]
        return at === null ? null : (
          <time dateTime={at} dir="ltr" className="tabular-nums">
            {timeText(Date.parse(at))}
          </time>
        )
      },
    })
    return [
      {
        name: "rental",
        title: rentals.rental,
        value: ({ id }) => id.slice(0, 8),
        cell: ({ id }) => <TwinLink kind="rental" id={id} />,
      },
      { name: "cart", title: rentals.cart, value: ({ cart_number }) => cart_number },
      { name: "bay", title: rentals.bay, value: ({ bay_label }) => bay_label },
      { name: "state", title: rentals.state, value: ({ state }) => stateWord(words, "rental", `life.${state}`) },
      {
        name: "shopper",
        title: rentals.shopper,
        value: ({ phone_masked }) => phone_masked,
        cell: ({ phone_masked }) => <bdi dir="ltr">{phone_masked}</bdi>,
      },
      time("created_at", rentals.begun),
      time("picked_up_at", rentals.pickedUp),
      time("due_at", rentals.due),
      time("ended_at", rentals.ended),
      {
        name: "action",
        title: table.action,
        value: () => null,
        cell: (rental) => <Actions rental={rental} />,
      },
    ]
  }, [words, timeText])
}

/** What a state allows; whether it still does is the cloud's to say. */
const actionsOf = (state: string): ReadonlyArray<RentalAction> => {
  if (state.startsWith("active.") || state.startsWith("overdue.")) return ["extend", "close"]
  if (state === "verifying" || state === "uncertain" || state.startsWith("pickup.")) return ["close"]
  if (state === "forceCompleted") return ["undo"]
  if (state === "returned" || state === "returnedLate") return ["dispute"]
  return state === "disputed" ? ["uphold"] : []
}

const Actions = ({ rental: { id, state } }: { readonly rental: RentalRecord }) => (
  <div className="flex flex-wrap gap-1">
    {actionsOf(state).map((action) => (
      <Decision key={action} id={id} action={action} />
    ))}
  </div>
)

const Decision = ({ id, action }: { readonly id: string; readonly action: RentalAction }) => {
  const { rentals } = useWords()
  const client = useQueryClient()
  const [reason, setReason] = useState("")
  return (
    <FormDialog
      trigger={<Button size="small">{rentals.actions[action]}</Button>}
      title={rentals.actions[action]}
      lead={rentals.leads[action]}
      isComplete={reason.trim().length >= 3}
      submit={async () => {
        await decideRental(id, action, reason.trim())
        await client.invalidateQueries({ queryKey: ["rentals"] })
      }}
      onClosed={() => setReason("")}
    >
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  )
}
