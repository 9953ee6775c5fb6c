/**
 * The page of the demo: a whole branch, live, and a tour through it. Wide, its parts stand side by side; on a phone one under
 * the other, the tour first.
 */
import { Settings2 } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { useEffect, useMemo, useState } from "react"
import { bayRecords, branchTimezone } from "#twins/miniature/MiniaturePlan.ts"
import { Logo } from "../frame/Logo.tsx"
import { PreferenceChoices } from "../frame/PreferenceChoices.tsx"
import { SimulatedRibbon } from "../frame/SimulatedRibbon.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ZoneContext } from "../live/Zone.ts"
import { setShopperLanguage } from "../shopper/words/ShopperLanguage.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import { makeDemo } from "./Demo.ts"
import { DemoBay } from "./DemoBay.tsx"
import { DemoContext } from "./DemoContext.ts"
import { DemoPhone } from "./DemoPhone.tsx"
import { type DemoSearch, demoSearchText, parseDemoSearch } from "./DemoSearch.ts"
import { DemoSite } from "./DemoSite.tsx"
import { TimeBar } from "./TimeBar.tsx"
import { Tour } from "./Tour.tsx"
import { WireLog } from "./WireLog.tsx"
import { useDemoWords } from "./words/useDemoWords.ts"

export const DemoApp = () => {
  const words = useDemoWords()
  const language = useLanguage()
  const [search, setSearch] = useState(() => parseDemoSearch(location.search))
  const [demo] = useState(() => makeDemo(search.seed, search.speed))
  const [rental, setRental] = useState<string>()
  useEffect(() => demo.run(), [demo])
  useEffect(() => setShopperLanguage(language, false), [language])
  const page = useMemo(
    () => ({
      demo,
      search,
      change: (change: Partial<DemoSearch>): void => {
        const next = { ...search, ...change }
        history.replaceState(null, "", demoSearchText(next))
        setSearch(next)
        if (change.speed !== undefined) demo.speed = change.speed
        if (change.seed === undefined) return
        setRental(undefined)
        demo.begin(change.seed)
      },
    }),
    [demo, search],
  )
  const bay = bayRecords.find(({ label }) => label === search.bay)
  return (
    <ZoneContext value={branchTimezone}>
      <DemoContext value={page}>
        <title>{pageTitle(words.title)}</title>
        <DemoHeader />
        <SimulatedRibbon simulated="all" />
        <main className="mx-auto max-w-[110rem] space-y-4 p-3 sm:p-4">
          <div>
            <h1 className="text-lg font-semibold">{words.title}</h1>
            <p className="max-w-3xl text-sm text-dim">{words.lead}</p>
          </div>
          <TimeBar />
          <div className="grid gap-4 lg:grid-cols-[20rem_minmax(0,1fr)] xl:grid-cols-[19rem_minmax(0,1fr)_27rem]">
            <div className="space-y-4 lg:row-span-2 xl:row-span-1">
              <Tour onRent={setRental} />
              <DemoPhone rental={rental} onRent={setRental} />
            </div>
            <div className="min-w-0 space-y-4">
              <DemoSite />
              <WireLog />
            </div>
            {bay === undefined ? null : <DemoBay key={bay.id} bay={bay} />}
          </div>
        </main>
      </DemoContext>
    </ZoneContext>
  )
}

const DemoHeader = () => {
  const words = useWords()
  const { toSignIn } = useDemoWords()
  return (
    <header className="flex h-12 items-center gap-2 border-b border-line bg-surface px-3 lg:px-4">
      <Logo />
      <a href="/" className="ms-auto rounded-md px-2 py-1.5 text-sm text-accent underline underline-offset-2">
        {toSignIn}
      </a>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger
          aria-label={words.frame.preferences}
          className="grid size-8 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"
        >
          <Settings2 aria-hidden className="size-4" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            className="fading-in z-50 w-56 rounded-lg border border-line bg-surface p-1 shadow-float"
          >
            <PreferenceChoices />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </header>
  )
}
