/**
 * The walk along the bays, one at a time and with one hand: its two lamps live, a blink to find it, one pulse to test the lock.
 * What the sensors say while the cart comes and goes fills the report by itself.
 */
import { useMutation } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import { ChevronLeft, ChevronRight } from "lucide-react"
import { useEffect, useState } from "react"
import type { Bay } from "#core/api/Records.ts"
import { askBay } from "../api/CommandQueries.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { LatchChip } from "../bays/LatchChip.tsx"
import { Lamps } from "../boards/Lamps.tsx"
import { StageTracker } from "../commands/StageTracker.tsx"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { currentStage } from "../live/CommandProgress.ts"
import { stagesAtom } from "../live/LiveState.ts"
import { useTwin } from "../live/useTwin.ts"
import { useMay } from "../staff/useMay.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { statePath } from "../words/StateLook.ts"
import { FindingChip } from "./FindingChip.tsx"
import { callDeaf, isWalked, judge, look, sensorsOf, test, walkOf } from "./InstallProgress.ts"
import { testLock } from "./InstallQueries.ts"
import type { Walk } from "./useInstallProgress.ts"
import { useInstallWords } from "./words/useInstallWords.ts"

interface Props {
  readonly bays: ReadonlyArray<Bay>
  /** Label of the bay that is walked to. */
  readonly chosen: string | undefined
  readonly onChoose: (label: string) => void
  readonly walk: Walk
}

export const WalkStep = ({ bays, chosen, onChoose, walk }: Props) => {
  const { walk: words } = useInstallWords()
  const at = Math.max(
    0,
    bays.findIndex(({ label }) => label === chosen),
  )
  const bay = bays[at]
  const done = bays.filter(({ id }) => isWalked(walkOf(walk.progress, id))).length
  if (bay === undefined) return <p className="text-sm text-dim">{words.none}</p>
  const go = (by: number): void => onChoose(bays[at + by]?.label ?? bay.label)
  return (
    <section aria-label={words.title} className="space-y-3">
      <h2 className="text-base font-semibold">{words.title}</h2>
      <p className="text-sm text-dim">{words.lead}</p>
      <p role="status" className="text-sm font-medium">
        {words.progress(done, bays.length)}
      </p>
      <label className="block space-y-1">
        <span className="text-sm font-medium">{words.choose}</span>
        <select
          value={bay.label}
          onChange={({ target }) => onChoose(target.value)}
          dir="ltr"
          className="h-11 w-full rounded-md border border-edge bg-surface px-2 text-base"
        >
          {bays.map(({ id, label }) => (
            <option key={id} value={label}>
              {isWalked(walkOf(walk.progress, id)) ? `✓ ${label}` : label}
            </option>
          ))}
        </select>
      </label>
      <BayWalkCard key={bay.id} bay={bay} walk={walk} />
      <div className="grid grid-cols-2 gap-2">
        <Button className="h-12" disabled={at === 0} onClick={() => go(-1)}>
          <ChevronLeft aria-hidden className="size-4 rtl:-scale-x-100" />
          {words.previous}
        </Button>
        <Button className="h-12" disabled={at === bays.length - 1} onClick={() => go(1)}>
          {words.next}
          <ChevronRight aria-hidden className="size-4 rtl:-scale-x-100" />
        </Button>
      </div>
    </section>
  )
}

const BayWalkCard = ({ bay, walk: { progress, change } }: { readonly bay: Bay; readonly walk: Walk }) => {
  const words = useWords()
  const { walk: own } = useInstallWords()
  const may = useMay(bay.branch_id)
  const twin = useTwin("bay", bay.id)
  const walked = walkOf(progress, bay.id)
  const blink = useMutation({
    mutationFn: () => askBay(bay.id, "identify", { reason: own.testReason, key: newRequestKey() }),
  })
  useEffect(() => change((before) => look(before, bay.id, twin)), [twin, bay.id, change])
  return (
    <article
      aria-label={`${words.panel.bay} ${bay.label}`}
      className="space-y-3 rounded-xl border-2 border-line bg-surface p-4"
    >
      <div className="flex items-center gap-3">
        <h3 className="text-3xl font-bold">
          <bdi dir="ltr">{bay.label}</bdi>
        </h3>
        <LatchChip bayId={bay.id} />
      </div>
      <Lamps bay={bay} />
      <p className="text-xs text-dim">{own.polarity}</p>
      <dl className="grid grid-cols-2 gap-2 text-sm">
        <div className="space-y-1" data-testid="sensors">
          <dt className="text-dim">{own.sensors}</dt>
          <dd>
            <FindingChip finding={sensorsOf(walked)} />
          </dd>
        </div>
        <div className="space-y-1" data-testid="lock">
          <dt className="text-dim">{own.lock}</dt>
          <dd>
            <FindingChip finding={walked.lock} />
          </dd>
        </div>
      </dl>
      <div className="grid gap-2">
        {may("device.identify") ? (
          <Button className="h-12" disabled={blink.isPending} onClick={() => blink.mutate()}>
            {own.blink}
          </Button>
        ) : null}
        <Button
          className="h-auto min-h-12 whitespace-normal"
          onClick={() => change((before) => callDeaf(before, bay.id, !walked.isDeaf))}
        >
          {walked.isDeaf ? own.notDeaf : own.deaf}
        </Button>
        {may("bay.unlock") ? (
          <LockTest
            bay={bay}
            onAsked={(command) => change((before) => test(before, bay.id, command))}
            refusal={
              twin?.can["unlock"]?.allowed === false && twin.can["unlock"].reason !== "no_cart"
                ? reasonWords(words, twin.can["unlock"].reason)
                : undefined
            }
          />
        ) : null}
      </div>
      {blink.error === null ? null : <ProblemNotice error={blink.error} />}
      {walked.command === null ? null : (
        <LockTested bay={bay} command={walked.command} isGood={walked.lock === "good"} change={change} />
      )}
    </article>
  )
}

interface TestProps {
  readonly bay: Bay
  /** Why it cannot be tested now. */
  readonly refusal: string | undefined
  readonly onAsked: (command: string) => void
}

const LockTest = ({ bay, refusal, onAsked }: TestProps) => {
  const { unlock } = useWords()
  const { walk: own } = useInstallWords()
  const [reason, setReason] = useState(own.testReason)
  const [key, setKey] = useState(newRequestKey)
  const renew = (): void => {
    setReason(own.testReason)
    setKey(newRequestKey())
  }
  return (
    <>
      <FormDialog
        trigger={
          <Button kind="primary" className="h-12" disabled={refusal !== undefined}>
            {own.test(bay.label)}
          </Button>
        }
        title={own.test(bay.label)}
        lead={own.testLead(bay.label)}
        isComplete={reason.trim() !== ""}
        submit={async () => onAsked(await testLock(bay.id, reason.trim(), key))}
        onClosed={renew}
      >
        <ReasonField value={reason} onChange={setReason} />
      </FormDialog>
      {refusal === undefined ? null : (
        <p className="text-xs text-dim">
          <span className="font-medium">{unlock.impossible}</span> {refusal}
        </p>
      )}
    </>
  )
}

interface TestedProps {
  readonly bay: Bay
  readonly command: string
  readonly isGood: boolean
  readonly change: Walk["change"]
}

/** What became of the pulse, and then of the bay: the test is undone when its cart is latched again. */
const LockTested = ({ bay, command, isGood, change }: TestedProps) => {
  const { walk: own } = useInstallWords()
  const latch = statePath(useTwin("bay", bay.id)?.value, "latch")
  const stage = currentStage(useAtom(stagesAtom(command)))?.stage
  useEffect(() => {
    if (stage !== undefined) change((before) => judge(before, bay.id, command, stage))
  }, [stage, bay.id, command, change])
  return (
    <>
      <StageTracker kind="unlock" commandId={command} />
      {isGood && bay.cart !== null ? (
        <p role="status" className="rounded-md bg-accent-soft px-3 py-2 text-sm font-medium">
          {latch === "latch.secured" ? own.undone : own.back(bay.label)}
        </p>
      ) : null}
    </>
  )
}
