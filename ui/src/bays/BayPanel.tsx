/**
 * Everything about one bay and its cart: what is known, the unlock, hands for a simulated bay, the statechart of each
 * twin involved, and what happened last. Beside the map where there is room, over it where there is not.
 */
import { X } from "lucide-react"
import { useEffect, useRef } from "react"
import type { Bay } from "#core/api/Records.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import { askBay, type BayAction } from "../api/CommandQueries.ts"
import { CommandSection } from "../commands/CommandSection.tsx"
import { AlarmsOf } from "../alarms/AlarmsOf.tsx"
import { TwinSection } from "../charts/TwinSection.tsx"
import { useTwin } from "../live/useTwin.ts"
import { type BranchSearch, type ChangeBranchSearch, withBay } from "../pages/BranchSearch.ts"
import { useWords } from "../words/Language.ts"
import { statePath } from "../words/StateLook.ts"
import { BayFacts } from "./BayFacts.tsx"
import { LatchChip } from "./LatchChip.tsx"
import { SimulationSection } from "./SimulationSection.tsx"
import { UnlockSection } from "./UnlockSection.tsx"

interface Props {
  readonly bay: Bay
  readonly search: BranchSearch
  readonly changeSearch: ChangeBranchSearch
}

export const BayPanel = ({ bay, search, changeSearch }: Props) => {
  const words = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const close = (): void => {
    changeSearch((search) => withBay(search, undefined))
    document.getElementById(`bay-${bay.id}`)?.focus()
  }
  return (
    <aside
      aria-label={`${words.panel.bay} ${bay.label}`}
      onKeyDown={({ key }) => {
        if (key === "Escape") close()
      }}
      className="fading-in fixed inset-0 z-40 overflow-y-auto border-line bg-surface min-[1100px]:sticky min-[1100px]:inset-auto min-[1100px]:top-12 min-[1100px]:z-10 min-[1100px]:h-[calc(100dvh-3rem)] min-[1100px]:w-[26rem] min-[1100px]:shrink-0 min-[1100px]:border-s xl:w-[30rem]"
    >
      <header className="sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-surface px-4 py-2.5">
        <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          {words.panel.bay} <bdi dir="ltr">{bay.label}</bdi>
        </h2>
        <LatchChip bayId={bay.id} />
        <button
          type="button"
          aria-label={words.close}
          onClick={close}
          className="ms-auto grid size-8 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      </header>
      <div className="divide-y divide-line">
        <BayFacts bay={bay} />
        <AlarmsOf id={bay.id} className="px-4 py-3" />
        <UnlockSection bay={bay} ask={search.ask === "unlock"} commandId={search.command} changeSearch={changeSearch} />
        <BayCommands bay={bay} />
        {bay.simulated ? <SimulationSection bay={bay} /> : null}
        <TwinSection
          twins={twinsOf(bay)}
          chosen={search.twin ?? "bay"}
          onChoose={(twin) => changeSearch((search) => ({ ...search, twin }))}
        />
      </div>
    </aside>
  )
}

const BayCommands = ({ bay }: { readonly bay: Bay }) => {
  const twin = useTwin("bay", bay.id)
  const inMaintenance = statePath(twin?.value, "service") === "service.maintenance"
  return (
    <CommandSection
      branchId={bay.branch_id}
      actions={["lock", "identify", inMaintenance ? "maintenanceOff" : "maintenanceOn"]}
      ask={(action: BayAction, asking) => askBay(bay.id, action, asking)}
    />
  )
}

/** The twins that have to do with a bay. */
const twinsOf = ({ id, cart, controller_id, device_id }: Bay): ReadonlyArray<{ kind: TwinKind; id: string }> => [
  { kind: "bay", id },
  ...(cart === null ? [] : [{ kind: "cart" as const, id: cart.id }]),
  { kind: "controller", id: controller_id },
  { kind: "device", id: device_id },
]
