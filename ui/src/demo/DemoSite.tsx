/** The branch: its device with line and power, and the map of its bays. */
import { Cpu, PlugZap, Unplug } from "lucide-react"
import { bayRecords, bays, deviceId, deviceRecord } from "#twins/miniature/MiniaturePlan.ts"
import { BoardRows } from "../bays/BoardRows.tsx"
import { boardsOf } from "../bays/Boards.ts"
import { DeviceChips } from "../bays/DeviceChips.tsx"
import { Legend } from "../bays/Legend.tsx"
import { Button } from "../lib/Button.tsx"
import { useBranch, useDemoPage } from "./DemoContext.ts"
import { useDemoWords } from "./words/useDemoWords.ts"

const boards = boardsOf(bayRecords, deviceId)

export const DemoSite = () => {
  const { site: words } = useDemoWords()
  const { search, change } = useDemoPage()
  const chosen = bays.find(({ label }) => label === search.bay)?.id
  return (
    <section aria-label={words.title} className="@container rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-3 py-2 sm:px-4">
        <Cpu aria-hidden className="size-4 text-dim" />
        <h2 className="text-sm font-semibold">{words.device}</h2>
        <div className="flex flex-wrap gap-1.5">
          <DeviceChips device={deviceRecord} />
        </div>
      </header>
      <Supplies />
      <div className="space-y-5 p-3 sm:p-4">
        {boards.map((board) => (
          <BoardRows
            key={board.controllerId}
            {...board}
            selected={chosen}
            show={undefined}
            onChoose={(id) => change({ bay: bays.find((bay) => bay.id === id)?.label ?? search.bay })}
          />
        ))}
        <Legend />
      </div>
    </section>
  )
}

const Supplies = () => {
  const { site: words } = useDemoWords()
  const { demo } = useDemoPage()
  const branch = useBranch()
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2 text-sm sm:px-4">
      <Button size="small" onClick={() => demo.act((now) => now.line(!now.isLineUp))}>
        <Unplug aria-hidden className="size-3.5" />
        {branch.isLineUp ? words.cutLine : words.mendLine}
      </Button>
      <Button size="small" onClick={() => demo.act((now) => now.power(!now.isPowered))}>
        <PlugZap aria-hidden className="size-3.5" />
        {branch.isPowered ? words.cutPower : words.restorePower}
      </Button>
      <p className="text-xs text-dim">
        {branch.isPowered ? words.unheard(branch.waitingFacts) : words.noPower} {words.agree(branch.cloud.divergences)}
      </p>
    </div>
  )
}
