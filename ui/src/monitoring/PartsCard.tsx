/** The parts of the installation as a tree: the cloud, what it stands on, and the devices by how they are connected. */
import type { ReactNode } from "react"
import type { Monitoring } from "#core/api/Monitoring.ts"
import { Chip } from "../lib/Chip.tsx"
import { useAge } from "../live/useTwin.ts"
import { quantityText } from "../telemetry/quantityText.ts"
import { agoText, elapsedText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import { type Look, lookOf, stateWord } from "../words/StateLook.ts"

interface PartProps {
  readonly name: string
  readonly chip?: ReactNode
  readonly children?: ReactNode
}

const Part = ({ name, chip, children }: PartProps) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5 text-sm">
    <span className="w-28 shrink-0 font-medium">{name}</span>
    {chip}
    <span className="min-w-0 text-dim">{children}</span>
  </li>
)

const up: Look = { tone: "good", picture: "fine" }
const down: Look = { tone: "bad", picture: "alert" }

export const PartsCard = ({ now }: { readonly now: Monitoring }) => {
  const words = useWords()
  const language = useLanguage()
  const { monitoring } = words
  const since = agoText(words.age, useAge(now.since))
  const count = (value: number) => quantityText(language, value, "count")
  const { connected, messages_in, messages_out } = now.broker
  return (
    <section aria-label={monitoring.parts} className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm font-semibold">{monitoring.parts}</h2>
      <ul className="mt-2">
        <Part name={monitoring.cloud}>{monitoring.since(since)}</Part>
        <li>
          <ul className="ms-1 border-s border-line ps-4">
            <Part
              name={monitoring.broker}
              chip={<Chip look={connected ? up : down}>{connected ? monitoring.connected : monitoring.away}</Chip>}
            >
              {monitoring.messages(count(messages_in), count(messages_out))}
            </Part>
            <Part name={monitoring.database}>
              {monitoring.answered(elapsedText(language, Math.round(now.database.answered_ms)))}
            </Part>
            <Part name={monitoring.outbox}>
              {now.outbox.waiting === 0
                ? monitoring.nothingWaits
                : monitoring.waiting(now.outbox.waiting, elapsedText(language, now.outbox.oldest_s * 1_000))}
            </Part>
            <Part name={monitoring.dashboards}>{monitoring.dashboardsCount(now.live_clients)}</Part>
            <Part name={monitoring.devices}>
              <span className="flex flex-wrap gap-1.5">
                {now.devices.map(({ connection, count: devices }) => {
                  const path = `connection.${connection}`
                  return (
                    <Chip key={connection} look={lookOf("device", path)}>
                      {count(devices)} {stateWord(words, "device", path)}
                    </Chip>
                  )
                })}
              </span>
            </Part>
          </ul>
        </li>
      </ul>
    </section>
  )
}
