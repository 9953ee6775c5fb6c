/**
 * What if: a copy of the twin to play with. The machine is the real one, time is moved by hand, and what it would have had
 * done stands beside each event. Nothing leaves the browser.
 */
import { Copy, FastForward, FlaskConical, Undo2 } from "lucide-react"
import { useMemo, useState } from "react"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { Intent } from "#twins/Intent.ts"
import { candidatesFor } from "#twins/sandbox/Candidates.ts"
import { advanceBy, advanceTo, nextDeadline, type Sandbox, type SandboxLine, send } from "#twins/sandbox/Sandbox.ts"
import { scenarioOf } from "#twins/sandbox/Scenario.ts"
import type { Stored } from "#twins/Stored.ts"
import { step } from "#twins/Twin.ts"
import { Button } from "../lib/Button.tsx"
import { useTimeText } from "../live/useTwin.ts"
import type { Words } from "../words/English.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { candidateWords } from "./candidateWords.ts"
import { StateWords } from "./StateWords.tsx"
import { TwinMemory } from "./TwinMemory.tsx"
import type { SandboxControl } from "./useSandbox.ts"

interface Props {
  /** The twin to copy: as it is now, or as it was. */
  readonly stored: Stored
  readonly nowMs: number
  readonly control: SandboxControl
}

export const WhatIf = ({ stored, nowMs, control }: Props) => {
  const { twinPage } = useWords()
  const { current } = control
  return (
    <div className="space-y-4">
      <p className="simulated-strip flex items-start gap-2 rounded-md px-3 py-2 text-xs text-warn">
        <FlaskConical aria-hidden className="mt-px size-3.5 shrink-0" />
        {twinPage.whatIfLead}
      </p>
      <Button kind={current === undefined ? "primary" : "plain"} onClick={() => control.copy(stored, nowMs)}>
        {twinPage.fork}
      </Button>
      {current === undefined ? null : <Playground sandbox={current} control={control} />}
    </div>
  )
}

interface PlaygroundProps {
  readonly sandbox: Sandbox
  readonly control: SandboxControl
}

const Playground = ({ sandbox, control }: PlaygroundProps) => {
  const { twinPage } = useWords()
  const timeText = useTimeText()
  const due = nextDeadline(sandbox)
  return (
    <>
      <p className="text-xs text-dim">
        {twinPage.forkedAt(sandbox.origin.revision)} · {twinPage.sandboxTime}:{" "}
        <bdi dir="ltr" className="tabular-nums">
          {timeText(sandbox.nowMs)}
        </bdi>
      </p>
      <EventPicker sandbox={sandbox} onSend={(index) => control.change(sendCandidate(index))} />
      <div className="flex flex-wrap gap-1.5">
        <Button
          size="small"
          disabled={due === undefined}
          onClick={() => control.change((now) => advanceTo(now, nextDeadline(now)?.dueAt ?? now.nowMs))}
        >
          <FastForward aria-hidden className="size-3.5 rtl:rotate-180" />
          {twinPage.nextDeadline}
        </Button>
        {[1, 10, 60].map((seconds) => (
          <Button key={seconds} size="small" onClick={() => control.change((now) => advanceBy(now, seconds * 1_000))}>
            {twinPage.plusSeconds(seconds)}
          </Button>
        ))}
        <Button size="small" disabled={!control.canUndo} onClick={control.undo}>
          <Undo2 aria-hidden className="size-3.5" />
          {twinPage.undo}
        </Button>
        <Button size="small" disabled={!control.canUndo} onClick={control.startOver}>
          {twinPage.startOver}
        </Button>
        <CopyButton sandbox={sandbox} startedAtMs={control.startedAtMs} />
      </div>
      <TwinMemory twin={sandbox.stored} nowMs={sandbox.nowMs} />
      <section aria-label={twinPage.lines}>
        <h3 className="text-sm font-semibold">{twinPage.lines}</h3>
        {sandbox.lines.length === 0 ? <p className="text-sm text-dim">{twinPage.noLines}</p> : null}
        <ol className="divide-y divide-line">
          {sandbox.lines.toReversed().map((line, index) => (
            <Line key={sandbox.lines.length - index} kind={sandbox.stored.machine} line={line} />
          ))}
        </ol>
      </section>
    </>
  )
}

const candidatesOf = ({ stored, nowMs }: Sandbox) =>
  candidatesFor(stored, nowMs).filter(({ type }) => type !== "deadline.due")

const sendCandidate =
  (index: number) =>
  (sandbox: Sandbox): Sandbox => {
    const event = candidatesOf(sandbox)[index]
    return event === undefined ? sandbox : send(sandbox, event)
  }

const EventPicker = ({ sandbox, onSend }: { readonly sandbox: Sandbox; readonly onSend: (index: number) => void }) => {
  const words = useWords()
  const { twinPage } = words
  const [chosen, setChosen] = useState(0)
  const groups = useMemo(() => {
    const options = candidatesOf(sandbox).map((event, index) => ({
      index,
      label: candidateWords(words, event),
      taken: step(sandbox.stored, event).accepted,
    }))
    return [
      { title: twinPage.onlyTaken, options: options.filter(({ taken }) => taken) },
      { title: twinPage.onlyRefused, options: options.filter(({ taken }) => !taken) },
    ]
  }, [sandbox, words, twinPage])
  return (
    <form
      className="flex items-end gap-1.5"
      onSubmit={(submitted) => {
        submitted.preventDefault()
        onSend(chosen)
      }}
    >
      <label className="min-w-0 flex-1 text-xs text-dim">
        {twinPage.send}
        <select
          value={chosen}
          onChange={({ target }) => setChosen(Number(target.value))}
          className="mt-0.5 h-9 w-full rounded-md border border-edge bg-surface px-2 text-sm text-ink"
        >
          {groups.map(({ title, options }) => (
            <optgroup key={title} label={title}>
              {options.map(({ index, label }) => (
                <option key={index} value={index}>
                  {label}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <Button kind="primary" type="submit">
        {twinPage.sendButton}
      </Button>
    </form>
  )
}

const Line = ({ kind, line }: { readonly kind: TwinKind; readonly line: SandboxLine }) => {
  const words = useWords()
  const timeText = useTimeText()
  return (
    <li className="space-y-0.5 py-2 text-sm" data-accepted={line.accepted}>
      <p className="flex gap-2">
        <span className={`min-w-0 flex-1 ${line.accepted ? "font-medium" : "text-dim"}`}>
          {candidateWords(words, line.event)}
          {line.accepted ? null : ` · ${words.panel.refused}: ${reasonWords(words, line.reason)}`}
        </span>
        <span dir="ltr" className="text-xs text-dim tabular-nums">
          {timeText(line.event.at)}
        </span>
      </p>
      <StateWords kind={kind} before={line.before} after={line.after} />
      {line.intents.map((intent, index) => (
        <p key={index} className="text-xs text-accent">
          {words.twinPage.asksFor}: {intentWords(words, intent)}
        </p>
      ))}
    </li>
  )
}

const intentWords = (words: Words, intent: Intent): string => {
  const what = words.twinPage.intents[intent.type]
  if (intent.type === "announce") return `${what}: ${words.announcements[intent.params.what]}`
  if (intent.type === "reportStage") return `${what}: ${words.unlock.stages[intent.params.stage]}`
  return what
}

const CopyButton = ({ sandbox, startedAtMs }: { readonly sandbox: Sandbox; readonly startedAtMs: number }) => {
  const { twinPage } = useWords()
  const [outcome, setOutcome] = useState<"copied" | "notCopied">()
  const copy = (): void => {
    const text = JSON.stringify(scenarioOf(sandbox, startedAtMs), null, 2)
    navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("notCopied"),
    )
  }
  return (
    <>
      <Button size="small" onClick={copy}>
        <Copy aria-hidden className="size-3.5" />
        {twinPage.copyScenario}
      </Button>
      <span role="status" className="self-center text-xs text-dim empty:hidden">
        {outcome === undefined ? null : twinPage[outcome]}
      </span>
    </>
  )
}
