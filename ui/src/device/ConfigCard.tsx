/** What a device shall be configured to and what it says it is: each by its hash, who wanted it, and where they differ. */
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { ConfigState, DeviceConfigView } from "#core/api/Configuration.ts"
import { deviceConfigQuery } from "../api/Queries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { Chip } from "../lib/Chip.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"

const looks: Readonly<Record<(typeof ConfigState)["Type"], Look>> = {
  unreported: { tone: "unknown", picture: "unknown" },
  in_sync: { tone: "good", picture: "fine" },
  offered: { tone: "busy", picture: "waiting" },
  refused: { tone: "bad", picture: "stopped" },
  drifted: { tone: "bad", picture: "compare" },
}

/** Enough of a hash to tell two apart. */
const hashShown = 12

export const ConfigCard = ({ deviceId }: { readonly deviceId: string }) => {
  const { deviceConfig: words, loading } = useWords()
  const asked = useQuery(deviceConfigQuery(deviceId))
  const view = asked.data
  return (
    <section aria-label={words.title} className="space-y-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="text-sm font-semibold">{words.title}</h2>
        {view === undefined ? null : <Chip look={looks[view.state]}>{words.states[view.state]}</Chip>}
      </div>
      {asked.error === null ? null : <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />}
      {view === undefined && asked.error === null ? <p className="text-sm text-dim">{loading}</p> : null}
      {view === undefined ? null : (
        <>
          <Sides view={view} />
          <Differences view={view} />
        </>
      )}
    </section>
  )
}

const Code = ({ children }: { readonly children: ReactNode }) => (
  <bdi dir="ltr" className="font-mono text-xs break-all">
    {children}
  </bdi>
)

const Sides = ({ view: { desired, reported } }: { readonly view: DeviceConfigView }) => {
  const { deviceConfig: words } = useWords()
  const timeText = useTimeText()
  const at = (instant: string) => (
    <time dateTime={instant} dir="ltr" className="tabular-nums">
      {timeText(Date.parse(instant))}
    </time>
  )
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="space-y-2">
        <h3 className="text-xs font-semibold text-dim">{words.desired}</h3>
        {desired === null ? (
          <p className="text-sm text-dim">{words.nothingDesired}</p>
        ) : (
          <dl className="grid grid-cols-2 gap-x-4 gap-y-2">
            <Fact name={words.version}>{desired.version}</Fact>
            <Fact name={words.hash}>
              <Code>{desired.hash.slice(0, hashShown)}</Code>
            </Fact>
            <Fact name={words.changedBy}>
              <bdi title={desired.changed_by}>{words.authors[desired.changed_by] ?? desired.changed_by}</bdi>
            </Fact>
            <Fact name={words.changedAt}>{at(desired.changed_at)}</Fact>
            <Fact name={words.offers}>{desired.offers}</Fact>
            {desired.changed_reason === null ? null : (
              <Fact name={words.why}>
                <bdi title={desired.changed_reason}>{desired.changed_reason}</bdi>
              </Fact>
            )}
          </dl>
        )}
      </div>
      <div className="space-y-2">
        <h3 className="text-xs font-semibold text-dim">{words.reported}</h3>
        {reported === null ? (
          <p className="text-sm text-dim">{words.nothingReported}</p>
        ) : (
          <dl className="grid grid-cols-2 gap-x-4 gap-y-2">
            <Fact name={words.version}>{reported.version}</Fact>
            <Fact name={words.hash}>
              <Code>{reported.hash.slice(0, hashShown)}</Code>
            </Fact>
            <Fact name={words.appliedAt}>{at(reported.applied_at)}</Fact>
            <Fact name={words.reportedAt}>{at(reported.reported_at)}</Fact>
          </dl>
        )}
      </div>
    </div>
  )
}

const valueText = (value: unknown): string => (value === null ? "–" : JSON.stringify(value))

const Differences = ({ view: { delta, reported } }: { readonly view: DeviceConfigView }) => {
  const { deviceConfig: words } = useWords()
  const refused = reported?.refused ?? null
  return (
    <>
      {refused === null ? null : (
        <div className="rounded-md bg-bad-soft p-3 text-sm">
          <p className="font-medium text-bad">{words.refusedVersion(refused.version)}</p>
          <ul className="mt-1 space-y-0.5">
            {refused.errors.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <Code>{path}</Code> <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {delta.length === 0 ? (
        <p className="text-sm text-dim">{reported === null ? null : words.noDifference}</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={words.differences}>
          <table className="w-full text-start text-sm">
            <caption className="pb-1 text-start text-xs font-semibold text-dim">{words.differences}</caption>
            <thead>
              <tr className="border-b border-line text-xs text-dim">
                {[words.place, words.desired, words.reported].map((title) => (
                  <th key={title} scope="col" className="py-1 pe-4 text-start font-semibold">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {delta.map(({ path, desired, reported: other }) => (
                <tr key={path}>
                  <th scope="row" className="py-1.5 pe-4 text-start font-normal">
                    <Code>{path}</Code>
                  </th>
                  <td className="py-1.5 pe-4">
                    <Code>{valueText(desired)}</Code>
                  </td>
                  <td className="py-1.5">
                    <Code>{valueText(other)}</Code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
