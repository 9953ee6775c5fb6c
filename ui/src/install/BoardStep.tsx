/** Each board as its device sees it: its state, live, and what a look at it finds, in plain words. */
import { useMutation, useQuery } from "@tanstack/react-query"
import type { BoardProbe } from "#core/api/BoardReports.ts"
import type { Controller } from "#core/api/Records.ts"
import { Button } from "../lib/Button.tsx"
import { Chip } from "../lib/Chip.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useRegionStale, useTwin } from "../live/useTwin.ts"
import { useMay } from "../staff/useMay.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { askProbe, probeQuery } from "./InstallQueries.ts"
import type { InstallWords } from "./words/InstallEnglish.ts"
import { useInstallWords } from "./words/useInstallWords.ts"

export const BoardStep = ({ boards }: { readonly boards: ReadonlyArray<Controller> }) => {
  const { boards: words } = useInstallWords()
  return (
    <section aria-label={words.title} className="space-y-3">
      <h2 className="text-base font-semibold">{words.title}</h2>
      <p className="text-sm text-dim">{boards.length === 0 ? words.none : words.lead}</p>
      <ul className="space-y-2">
        {boards.map((board) => (
          <BoardLine key={board.id} board={board} />
        ))}
      </ul>
    </section>
  )
}

const BoardLine = ({ board }: { readonly board: Controller }) => {
  const words = useWords()
  const { boards, walk } = useInstallWords()
  const may = useMay(board.branch_id)
  const twin = useTwin("controller", board.id)
  const stale = useRegionStale(twin, "link")
  const path = statePath(twin?.value, "link")
  const ask = useMutation({ mutationFn: () => askProbe(board.id, walk.testReason) })
  const probe = useQuery(probeQuery(board.id, ask.data))
  const isLooking = ask.isPending || (ask.data !== undefined && probe.data?.command_id !== ask.data)
  return (
    <li className="space-y-2 rounded-lg border border-line bg-surface p-3" data-board={board.controller_address}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{words.branch.board(board.controller_address)}</span>
        <Chip look={lookOf("controller", path)} stale={stale}>
          {twin === undefined ? words.states.bay["latch.dark"] : stateWord(words, "controller", path)}
        </Chip>
      </div>
      {may("controller.probe") ? (
        <Button className="h-11 w-full" disabled={isLooking} onClick={() => ask.mutate()}>
          {isLooking ? boards.probing : boards.probe(String(board.controller_address))}
        </Button>
      ) : null}
      <p role="status" className="text-sm empty:hidden">
        {isLooking || probe.data === undefined ? null : found(boards, probe.data)}
      </p>
      {ask.error === null ? null : <ProblemNotice error={ask.error} />}
    </li>
  )
}

/** What the reads add up to, in a sentence. */
const found = (words: InstallWords["boards"], { looks }: BoardProbe): string => {
  const good = looks.filter(({ answer }) => answer === "good")
  const [other] = looks.filter(({ answer }) => answer !== "good")
  const slowest = Math.round(Math.max(0, ...good.map(({ ms }) => ms)))
  if (other === undefined || other.answer === "good") return words.answers.good(String(slowest))
  return good.length === 0 ? words.answers[other.answer] : words.mixed(good.length, looks.length)
}
