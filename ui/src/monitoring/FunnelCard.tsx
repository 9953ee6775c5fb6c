/** How far commands came: a bar for each stage, as wide as its share of those that were created. */
import type { Monitoring } from "#core/api/Monitoring.ts"
import { CommandStage } from "#core/domain/Command.ts"
import { useWords } from "../words/Language.ts"

const good = new Set<CommandStage>(["confirmed"])
const bad = new Set<CommandStage>(["rejected", "failed", "expired", "unknown"])

const barColour = (stage: CommandStage): string =>
  good.has(stage) ? "bg-good" : bad.has(stage) ? "bg-bad-solid" : "bg-accent-solid"

export const FunnelCard = ({ funnel }: { readonly funnel: Monitoring["funnel"] }) => {
  const { monitoring, unlock } = useWords()
  const created = Math.max(1, ...funnel.map(({ commands }) => commands))
  const rows = CommandStage.literals.flatMap((stage) => funnel.filter((one) => one.stage === stage))
  return (
    <section aria-label={monitoring.funnel} className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm font-semibold">{monitoring.funnel}</h2>
      <p className="text-xs text-dim">{monitoring.funnelLead}</p>
      {rows.length === 0 ? <p className="mt-3 text-sm text-dim">{monitoring.funnelNone}</p> : null}
      <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-2 text-sm">
        {rows.map(({ stage, commands }) => (
          <div key={stage} className="contents">
            <dt>{unlock.stages[stage]}</dt>
            <dd aria-hidden className="h-3 rounded bg-sunken">
              <div
                className={`h-full rounded ${barColour(stage)}`}
                style={{ width: `${(commands / created) * 100}%` }}
              />
            </dd>
            <dd className="text-end tabular-nums">{commands}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
