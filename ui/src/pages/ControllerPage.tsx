/** A lock board as installers look at it: its sixteen locks with their lamps, whether it answers, and its statechart. */
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import type { Controller } from "#core/api/Records.ts"
import { probeBoard } from "../api/CommandQueries.ts"
import { baysQuery, boardQuery, branchesQuery, devicesQuery } from "../api/Queries.ts"
import { AlarmsOf } from "../alarms/AlarmsOf.tsx"
import { Fact } from "../bays/BayFacts.tsx"
import { BoardCounters } from "../boards/BoardCounters.tsx"
import { BoardGrid } from "../boards/BoardGrid.tsx"
import { FrameLog } from "../boards/FrameLog.tsx"
import { CommandSection } from "../commands/CommandSection.tsx"
import { TwinView } from "../charts/TwinSection.tsx"
import { Chip } from "../lib/Chip.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { StaleNotice } from "../live/StaleNotice.tsx"
import { useAge, useStaleness, useTwin } from "../live/useTwin.ts"
import { ZoneContext } from "../live/Zone.ts"
import { useMay } from "../staff/useMay.ts"
import { agoText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"

export const ControllerPage = () => {
  const { loading } = useWords()
  const { controllerId } = useParams({ from: "/frame/controllers/$controllerId" })
  const asked = useQuery(boardQuery(controllerId))
  if (asked.data !== undefined) return <BoardView key={asked.data.id} board={asked.data} />
  return (
    <div className="p-4 lg:p-6">
      {asked.error === null ? (
        <p className="text-dim">{loading}</p>
      ) : (
        <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />
      )}
    </div>
  )
}

const BoardView = ({ board }: { readonly board: Controller }) => {
  const words = useWords()
  useFollow({ scope: "branch", id: board.branch_id })
  const branch = useQuery(branchesQuery).data?.find(({ id }) => id === board.branch_id)
  const device = useQuery(devicesQuery).data?.find(({ id }) => id === board.device_id)
  const bays = useQuery(baysQuery(board.branch_id))
  const mayDo = useMay(board.branch_id)
  const twin = useTwin("controller", board.id)
  const stale = useStaleness(twin) !== undefined
  const link = twin === undefined ? `link.${board.link}` : statePath(twin.value, "link")
  const name = words.branch.board(board.controller_address)
  return (
    <ZoneContext value={branch?.timezone}>
      <title>{pageTitle([name, branch?.name].filter(Boolean).join(" · "))}</title>
      <div className="max-w-6xl space-y-4 p-4 lg:p-6">
        <div className="space-y-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <h1 className="text-lg font-semibold">{name}</h1>
            <Chip look={lookOf("controller", link)} stale={stale || (twin === undefined && board.stale)}>
              {stateWord(words, "controller", link)}
            </Chip>
          </div>
          <p className="flex flex-wrap gap-x-4 text-sm text-dim">
            {branch === undefined ? null : (
              <Link
                to="/branches/$branchId"
                params={{ branchId: branch.id }}
                className="inline-block leading-6 text-accent underline underline-offset-2"
              >
                <bdi>{branch.name}</bdi>
              </Link>
            )}
            {device === undefined ? null : (
              <Link
                to="/devices/$deviceId"
                params={{ deviceId: device.id }}
                className="inline-block leading-6 text-accent underline underline-offset-2"
              >
                <bdi>{device.device_name}</bdi>
              </Link>
            )}
            <Link
              to="/twins/$kind/$id"
              params={{ kind: "controller", id: board.id }}
              className="inline-block leading-6 text-accent underline underline-offset-2"
            >
              {words.boards.twin}
            </Link>
          </p>
        </div>
        <StaleNotice twin={twin} />
        <AlarmsOf id={board.id} />
        <BoardFacts board={board} freshAt={twin?.fresh_at ?? board.fresh_at} />
        {bays.error === null ? null : <ProblemNotice error={bays.error} onRetry={() => void bays.refetch()} />}
        <section aria-labelledby="locks-title" className="space-y-2">
          <h2 id="locks-title" className="text-sm font-semibold">
            {words.boards.locks}
          </h2>
          <BoardGrid
            label={words.boards.locks}
            bays={bays.data?.filter(({ controller_id }) => controller_id === board.id) ?? []}
          />
        </section>
        <CommandSection
          branchId={board.branch_id}
          actions={["probe"]}
          ask={(_, asking) => probeBoard(board.id, asking)}
          className="rounded-lg border border-line bg-surface"
        />
        {mayDo("device.inspect") ? <BoardCounters controllerId={board.id} /> : null}
        {mayDo("frames.tap") ? <FrameLog controllerId={board.id} /> : null}
        <section aria-label={words.chart.title} className="rounded-lg border border-line bg-surface py-3">
          <TwinView kind="controller" id={board.id} />
        </section>
      </div>
    </ZoneContext>
  )
}

interface FactsProps {
  readonly board: Controller
  readonly freshAt: string | null
}

const BoardFacts = ({ board, freshAt }: FactsProps) => {
  const words = useWords()
  const age = useAge(freshAt)
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 sm:grid-cols-4">
      <Fact name={words.boards.answered}>{freshAt === null ? words.age.never : agoText(words.age, age)}</Fact>
      <Fact name={words.boards.address}>{board.controller_address}</Fact>
      <Fact name={words.device.port}>
        <bdi dir="ltr" className="font-mono text-xs">
          {board.port}
        </bdi>
      </Fact>
      <Fact name={words.boards.baudrate}>{board.baudrate}</Fact>
    </dl>
  )
}
