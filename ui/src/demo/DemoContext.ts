/** The running demo and its address, for every part of the page. */
import { useAtom } from "@xstate/store-react"
import { createContext, useContext } from "react"
import type { Miniature } from "#twins/miniature/Miniature.ts"
import type { Demo } from "./Demo.ts"
import type { DemoSearch } from "./DemoSearch.ts"

export interface DemoPage {
  readonly demo: Demo
  readonly search: DemoSearch
  readonly change: (change: Partial<DemoSearch>) => void
}

export const DemoContext = createContext<DemoPage | undefined>(undefined)

/** The page it is part of; what is no part of one has nothing to show. */
export const useDemoPage = (): DemoPage => {
  const page = useContext(DemoContext)
  if (page === undefined) throw new TypeError("a part of the demo stands outside of its page")
  return page
}

/** The branch as it is now; whoever uses it is shown anew some times a second. */
export const useBranch = (): Miniature => {
  const { demo } = useDemoPage()
  useAtom(demo.ticks)
  return demo.branch
}
