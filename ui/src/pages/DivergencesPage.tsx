/**
 * Divergences: where a twin here and its bay disagreed, what was taken, and why somebody thinks it happened.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Dialog } from "radix-ui"
import { type FormEvent, useMemo, useState } from "react"
import type { Divergence } from "#core/api/Operations.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import { litStates } from "#twins/chart/Lit.ts"
import { divergencesQuery, resolveDivergence } from "../api/OperationsQueries.ts"
import { Button } from "../lib/Button.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useDevicesInScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { Choice, ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import type { Words } from "../words/English.ts"
import { eventWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"

export const DivergencesPage = () => {
  const { divergences, table } = useWords()
  const { state = "open" } = useSearch({ from: "/frame/divergences" })
  const navigate = useNavigate({ from: "/divergences" })
  const asked = useQuery(divergencesQuery(state))
  const inScope = useDevicesInScope()
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={divergences.title}
      lead={divergences.lead}
      asked={[asked]}
      choice={
        <Choice
          label={table.show}
          names={["open", "resolved"] as const}
          chosen={state}
          titleOf={(name) => divergences[name]}
          onChoose={(name) => void navigate({ search: name === "open" ? {} : { state: name } })}
        />
      }
    >
      <DataTable
        title={divergences.title}
        rows={asked.data?.items.filter(({ device_id }) => inScope(device_id)) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={divergences.none}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

/** The innermost states of a value, in words. */
const statesIn = (words: Words, kind: TwinKind, value: Divergence["expected"]): string => {
  const lit = [...litStates(value)]
  const innermost = lit.filter((state) => !lit.some((other) => other.startsWith(`${state}.`)))
  return innermost.map((state) => stateWord(words, kind, state)).join(", ")
}

const useColumns = (): ReadonlyArray<Column<Divergence>> => {
  const words = useWords()
  const timeText = useTimeText()
  return useMemo(() => {
    const { divergences, table } = words
    return [
      {
        name: "twin",
        title: divergences.twin,
        value: ({ twin }) => `${words.panel[twin.kind]} ${twin.id}`,
        cell: ({ twin }) => <TwinLink {...twin} />,
      },
      { name: "rule", title: divergences.rule, value: ({ rule }) => divergences.rules[rule] },
      { name: "event", title: divergences.event, value: ({ event }) => eventWords(words, event) },
      {
        name: "expected",
        title: divergences.expected,
        value: ({ twin, expected }) => statesIn(words, twin.kind, expected),
      },
      {
        name: "reported",
        title: divergences.reported,
        value: ({ twin, reported }) => statesIn(words, twin.kind, reported),
      },
      { name: "times", title: divergences.times, value: ({ times }) => times },
      {
        name: "last",
        title: divergences.last,
        value: ({ last_at }) => last_at,
        cell: ({ last_at }) => (
          <time dateTime={last_at} dir="ltr" className="tabular-nums">
            {timeText(Date.parse(last_at))}
          </time>
        ),
      },
      {
        name: "resolved",
        title: table.action,
        value: ({ resolved }) => resolved?.reason ?? null,
        cell: (divergence) => <Resolution divergence={divergence} />,
      },
    ]
  }, [words, timeText])
}

const Resolution = ({ divergence: { id, resolved } }: { readonly divergence: Divergence }) => {
  const { divergences } = useWords()
  const [open, setOpen] = useState(false)
  if (resolved !== null) {
    return (
      <span className="text-xs text-dim" dir="auto">
        {divergences.resolvedBy(resolved.by, resolved.reason)}
      </span>
    )
  }
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button size="small">{divergences.resolve}</Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fading-in fixed inset-0 z-50 bg-black/45" />
        <Dialog.Content className="fading-in fixed inset-x-4 top-[12vh] z-50 mx-auto max-w-md rounded-xl border border-line bg-surface p-5 shadow-float">
          <ResolveForm id={id} onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const ResolveForm = ({ id, onDone }: { readonly id: number; readonly onDone: () => void }) => {
  const { divergences, cancel } = useWords()
  const client = useQueryClient()
  const [reason, setReason] = useState("")
  const resolve = useMutation({
    mutationFn: () => resolveDivergence(id, reason.trim()),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ["divergences"] }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason.trim() !== "" && !resolve.isPending) resolve.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="space-y-1">
        <Dialog.Title className="text-lg font-semibold">{divergences.resolve}</Dialog.Title>
        <Dialog.Description className="text-sm text-dim">{divergences.resolveLead}</Dialog.Description>
      </div>
      <ReasonField value={reason} onChange={setReason} />
      {resolve.error === null ? null : <ProblemNotice error={resolve.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{cancel}</Button>
        <Button type="submit" kind="primary" disabled={reason.trim() === "" || resolve.isPending}>
          {divergences.resolve}
        </Button>
      </div>
    </form>
  )
}
