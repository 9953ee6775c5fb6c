/**
 * Two moments of a twin side by side: states entered, and every memory that differs.
 */
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import type { Twin } from "#core/api/Twins.ts"
import { pastTwinQuery } from "../api/Queries.ts"
import { Choice } from "../table/ListPage.tsx"
import { useWords } from "../words/Language.ts"
import { StateWords } from "./StateWords.tsx"

interface Props {
  readonly shown: Twin
  readonly live: Twin
}

export const TwinDiff = ({ shown, live }: Props) => {
  const { twinPage } = useWords()
  const [chosen, setChosen] = useState<"previous" | "now">("previous")
  const before = shown.revision > 0 ? shown.revision - 1 : undefined
  const previous = useQuery(pastTwinQuery(shown.kind, shown.id, chosen === "previous" ? before : undefined))
  const other = chosen === "now" ? live : before === undefined ? undefined : previous.data
  return (
    <section aria-label={twinPage.compare} className="space-y-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">{twinPage.compare}</h3>
        <Choice
          label={twinPage.compare}
          names={["previous", "now"] as const}
          chosen={chosen}
          titleOf={(name) => (name === "now" ? twinPage.withNow : twinPage.withPrevious)}
          onChoose={setChosen}
        />
      </div>
      {other === undefined ? null : chosen === "now" ? (
        <Differences from={shown} to={other} />
      ) : (
        <Differences from={other} to={shown} />
      )}
    </section>
  )
}

type Memory = Readonly<Record<string, unknown>>

const memoryOf = ({ context }: Twin): Memory =>
  typeof context === "object" && context !== null && !Array.isArray(context) ? (context as Memory) : {}

const Differences = ({ from, to }: { readonly from: Twin; readonly to: Twin }) => {
  const { twinPage } = useWords()
  const [before, after] = [memoryOf(from), memoryOf(to)]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const moved = JSON.stringify(from.value) !== JSON.stringify(to.value)
  if (changed.length === 0 && !moved) return <p className="text-sm text-dim">{twinPage.noDifference}</p>
  return (
    <dl className="space-y-1.5 text-sm">
      {moved ? (
        <div className="flex flex-wrap items-baseline gap-x-3">
          <dt className="text-xs text-dim">{twinPage.state}</dt>
          <dd>
            <StateWords kind={to.kind} before={from.value} after={to.value} />
          </dd>
        </div>
      ) : null}
      {changed.map((name) => (
        <div key={name} className="flex flex-wrap items-baseline gap-x-3">
          <dt className="text-xs text-dim">{name}</dt>
          <dd dir="ltr" className="min-w-0 font-mono text-xs break-all">
            <del className="text-bad">{JSON.stringify(before[name]) ?? "–"}</del>{" "}
            <ins className="text-good no-underline">{JSON.stringify(after[name]) ?? "–"}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
