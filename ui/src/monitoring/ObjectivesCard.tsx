/** What the installation promises, and whether it keeps it: the share of good samples beside the share that is wanted. */
import type { Objective } from "#core/api/Monitoring.ts"
import { Chip } from "../lib/Chip.tsx"
import { elapsedText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"

const looks: Readonly<Record<"held" | "missed" | "unknown", Look>> = {
  held: { tone: "good", picture: "fine" },
  missed: { tone: "bad", picture: "alert" },
  unknown: { tone: "unknown", picture: "unknown" },
}

const share = (value: number): string =>
  new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 2 }).format(value)

export const ObjectivesCard = ({ objectives }: { readonly objectives: ReadonlyArray<Objective> }) => {
  const { monitoring } = useWords()
  const language = useLanguage()
  return (
    <section aria-label={monitoring.objectives} className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm font-semibold">{monitoring.objectives}</h2>
      <ul className="mt-2 divide-y divide-line">
        {objectives.map(({ name, within_s, goal, good, samples }) => {
          const state = samples === 0 ? "unknown" : good / samples >= goal ? "held" : "missed"
          return (
            <li key={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 text-sm">
              <span className="min-w-0 flex-1 basis-64">
                {monitoring.names[name]}
                {within_s === null ? null : ` ${monitoring.within(elapsedText(language, within_s * 1_000))}`}
              </span>
              <span className="text-dim tabular-nums">
                {monitoring.goal} <bdi dir="ltr">{share(goal)}</bdi>
              </span>
              <span className="tabular-nums">
                {monitoring.actual} <bdi dir="ltr">{samples === 0 ? "–" : share(good / samples)}</bdi>
              </span>
              <span className="text-dim tabular-nums">
                {monitoring.samples} {samples}
              </span>
              <Chip look={looks[state]}>{monitoring[state]}</Chip>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
