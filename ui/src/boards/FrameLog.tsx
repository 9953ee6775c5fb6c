/** The last frames on the bus of a board, decoded: what was said and heard, byte by byte and in words. */
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import type { BoardFrames } from "#core/api/BoardReports.ts"
import { framesQuery } from "../api/BoardQueries.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { useTable } from "../table/useTable.ts"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { type FrameRow, frameRows } from "./frameRows.ts"

export const FrameLog = ({ controllerId }: { readonly controllerId: string }) => {
  const { boards: words } = useWords()
  const asked = useQuery(framesQuery(controllerId))
  const timeText = useTimeText()
  return (
    <section aria-labelledby="frames-title" className="space-y-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 id="frames-title" className="text-sm font-semibold">
          {words.frames}
        </h2>
        {asked.data === undefined || asked.data === null ? null : (
          <p className="text-xs text-dim">{words.asOf(timeText(Date.parse(asked.data.at)))}</p>
        )}
      </div>
      {asked.error === null ? null : <ProblemNotice error={asked.error} />}
      {asked.data === null ? <p className="text-sm text-dim">{words.notProbed}</p> : null}
      {asked.data === undefined || asked.data === null ? null : <Frames frames={asked.data} />}
    </section>
  )
}

const Frames = ({ frames }: { readonly frames: (typeof BoardFrames)["Type"] }) => {
  const { boards: words } = useWords()
  const { search, onSearch } = useTable()
  const rows = useMemo(() => frameRows(frames.items), [frames])
  const columns = useMemo(
    (): ReadonlyArray<Column<FrameRow>> => [
      {
        name: "number",
        title: words.frameNumber,
        value: ({ number }) => number,
      },
      {
        name: "after",
        title: words.after,
        value: ({ afterMs }) => afterMs,
        cell: ({ at, afterMs }) => (
          <time dateTime={at} dir="ltr" className="whitespace-nowrap tabular-nums">
            {afterMs === null ? "–" : `+${afterMs} ms`}
          </time>
        ),
      },
      { name: "direction", title: words.direction, value: ({ direction }) => words.directions[direction] },
      {
        name: "bytes",
        title: words.bytes,
        value: ({ bytes }) => bytes,
        cell: ({ bytes }) => (
          <bdi dir="ltr" className="font-mono text-xs">
            {bytes}
          </bdi>
        ),
      },
      {
        name: "meaning",
        title: words.meaning,
        value: ({ text }) => text,
        cell: ({ text, direction }) => (
          <bdi dir="ltr" lang="en" className={direction === "junk" ? "text-warn" : ""}>
            {text}
          </bdi>
        ),
      },
    ],
    [words],
  )
  return (
    <DataTable
      title={words.frames}
      rows={rows}
      columns={columns}
      keyOf={({ number }) => number}
      search={search}
      onSearch={onSearch}
      order="-number"
      empty={words.noFrames}
    />
  )
}
