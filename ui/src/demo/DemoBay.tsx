/** The chosen bay: what is known of it and what is really so, the unlock, hands, and the twins involved with their events. */
import { FlaskConical, LockOpen } from "lucide-react"
import { useState } from "react"
import { SimulationVerb } from "#core/api/Api.ts"
import type { Bay } from "#core/api/Records.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { HandVerb } from "#twins/world/Hand.ts"
import { BayFacts } from "../bays/BayFacts.tsx"
import { LatchChip } from "../bays/LatchChip.tsx"
import { EventLines } from "../charts/EventLines.tsx"
import { StatechartBoard } from "../charts/StatechartPanel.tsx"
import { StageLines } from "../commands/StageLines.tsx"
import { Button } from "../lib/Button.tsx"
import { useTwin } from "../live/useTwin.ts"
import { storedTwin } from "../twin/storedTwin.ts"
import { WhyNotList } from "../twin/WhyNotList.tsx"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { useBranch, useDemoPage } from "./DemoContext.ts"
import { useDemoWords } from "./words/useDemoWords.ts"

export const DemoBay = ({ bay }: { readonly bay: Bay }) => {
  const words = useWords()
  return (
    <section
      aria-label={`${words.panel.bay} ${bay.label}`}
      className="min-w-0 self-start rounded-lg border border-line bg-surface"
    >
      <header className="flex items-center gap-3 border-b border-line px-4 py-2.5">
        <h2 className="text-lg font-semibold">
          {words.panel.bay} <bdi dir="ltr">{bay.label}</bdi>
        </h2>
        <span data-testid="bay-state">
          <LatchChip bayId={bay.id} />
        </span>
      </header>
      <div className="divide-y divide-line">
        <BayFacts bay={bay} />
        <DemoUnlock bay={bay} />
        <Hands bay={bay} />
        <Charts bay={bay} />
      </div>
    </section>
  )
}

const DemoUnlock = ({ bay }: { readonly bay: Bay }) => {
  const words = useWords()
  const { demo } = useDemoPage()
  const command = useBranch().cloud.lastCommandOf(bay.id)
  const can = useTwin("bay", bay.id)?.can["unlock"]
  const refusal = can?.allowed === true ? undefined : reasonWords(words, can?.reason)
  return (
    <section aria-label={words.unlock.title} className="space-y-3 px-4 py-3">
      <div className="space-y-1.5">
        <Button
          kind="primary"
          className="w-full"
          disabled={refusal !== undefined}
          aria-describedby={refusal === undefined ? undefined : "unlock-refusal"}
          onClick={() => demo.act((branch) => branch.unlock(bay.id))}
        >
          <LockOpen aria-hidden className="size-4" />
          {words.unlock.button(bay.label)}
        </Button>
        {refusal === undefined ? null : (
          <p id="unlock-refusal" className="text-xs text-dim">
            <span className="font-medium">{words.unlock.impossible}</span> {refusal}
          </p>
        )}
      </div>
      {command === undefined ? null : (
        <div role="group" aria-label={words.unlock.progress} data-stage={command.stages.at(-1)?.stage}>
          <StageLines
            kind="unlock"
            reached={command.stages.map(({ stage, reason, at }) => ({
              stage,
              atMs: at,
              ...(reason === null ? {} : { reason }),
            }))}
          />
        </div>
      )}
    </section>
  )
}

const Hands = ({ bay }: { readonly bay: Bay }) => {
  const words = useWords()
  const { bay: own } = useDemoWords()
  const { demo } = useDemoPage()
  const branch = useBranch()
  const [said, setSaid] = useState("")
  const real = branch.world.bay(bay.id, branch.nowMs)
  const act = (verb: HandVerb): void => {
    const acted = demo.act((now) => now.hand(bay.id, verb))
    setSaid("done" in acted ? acted.done : acted.refused)
  }
  const names: ReadonlyArray<readonly [HandVerb, string]> = [
    ...SimulationVerb.literals.map((verb) => [verb, words.simulation.verbs[verb]] as const),
    ["mislatch", own.mislatch],
  ]
  const cart = real?.cart ?? null
  return (
    <section aria-label={own.hands} className="space-y-2.5 px-4 py-3">
      <div className="simulated-strip -mx-4 -mt-3 flex flex-wrap items-center gap-x-2 px-4 py-1.5 text-xs text-warn">
        <FlaskConical aria-hidden className="size-3.5" />
        <h3 className="font-semibold">{own.hands}</h3>
        <p>{own.handsLead}</p>
      </div>
      <div className="flex flex-wrap gap-1.5">
        {names.map(([verb, name]) => (
          <Button key={verb} size="small" onClick={() => act(verb)}>
            {name}
          </Button>
        ))}
        <Button size="small" onClick={() => demo.act((now) => now.breakWith(bay.id, "lineNoise"))}>
          {own.noise}
        </Button>
      </div>
      {real === undefined ? null : (
        <p className="text-xs text-dim">
          <span className="font-medium">{own.really}:</span>{" "}
          {own.reallyText(
            words.panel.hookWord[real.hook],
            cart === null ? own.noCart : own.cartIn(String(Number(cart.slice(-12)))),
          )}
        </p>
      )}
      <p role="status" className="text-xs text-ink empty:hidden">
        {said === "" ? null : (
          <>
            {own.said}{" "}
            <bdi dir="ltr" lang="en">
              {said}
            </bdi>
          </>
        )}
      </p>
    </section>
  )
}

const twinsOf = ({ id, cart, controller_id, device_id }: Bay): ReadonlyArray<readonly [TwinKind, string]> => [
  ["bay", id],
  ...(cart === null ? [] : [["cart", cart.id] as const]),
  ["controller", controller_id],
  ["device", device_id],
]

const Charts = ({ bay }: { readonly bay: Bay }) => {
  const words = useWords()
  const { bay: own } = useDemoWords()
  const { search, change } = useDemoPage()
  const branch = useBranch()
  const twins = twinsOf(bay)
  const [kind, id] = twins.find(([name]) => name === search.twin) ?? ["bay", bay.id]
  const twin = useTwin(kind, id)
  const events = branch.cloud.history({ kind, id })
  return (
    <section aria-label={words.chart.title} className="py-3">
      <div role="group" aria-label={own.twins} className="mx-4 mb-3 flex rounded-md bg-sunken p-0.5">
        {twins.map(([name]) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === kind}
            onClick={() => change({ twin: name })}
            className="h-7 flex-1 rounded text-xs font-medium text-dim hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm"
          >
            {words.panel[name]}
          </button>
        ))}
      </div>
      <StatechartBoard kind={kind} version={twin?.version} value={twin?.value} events={events} />
      <WhyNot kind={kind} id={id} />
      <div className="px-4 pt-4">
        <h3 className="mb-1 text-sm font-semibold">{words.panel.events}</h3>
        <EventLines
          events={events.slice(0, 8)}
          commandOf={(command) => (
            <bdi dir="ltr" className="font-mono">
              {Number(command.slice(-12))}
            </bdi>
          )}
        />
      </div>
    </section>
  )
}

const secondMs = 1_000

const WhyNot = ({ kind, id }: { readonly kind: TwinKind; readonly id: string }) => {
  const { bay: own } = useDemoWords()
  const branch = useBranch()
  const twin = useTwin(kind, id)
  const { search } = useDemoPage()
  const isAsked = search.step === "whyNot"
  const [isOpen, setOpen] = useState(isAsked)
  const stored = twin === undefined ? undefined : storedTwin(twin)
  return (
    <details
      className="px-4 pt-3"
      open={isOpen || isAsked}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="inline-block cursor-pointer rounded px-1 py-1 text-sm font-semibold hover:text-ink">
        {own.why}
      </summary>
      {stored === undefined || !(isOpen || isAsked) ? null : (
        <WhyNotList stored={stored} nowMs={Math.floor(branch.nowMs / secondMs) * secondMs} />
      )}
    </details>
  )
}
