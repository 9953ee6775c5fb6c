/**
 * The frame around every page of a signed-in person: the places, the live badge, preferences, and the ribbon that says
 * when something shown is simulated.
 */
import { useAtom } from "@xstate/store-react"
import { useQuery } from "@tanstack/react-query"
import { Outlet, useLocation, useParams } from "@tanstack/react-router"
import { Menu, X } from "lucide-react"
import { Dialog } from "radix-ui"
import { useEffect, useState } from "react"
import { branchesQuery, devicesQuery } from "../api/Queries.ts"
import { profileQuery } from "../api/StaffQueries.ts"
import { type Session, sessionAtom } from "../api/Session.ts"
import { LiveProvider } from "../live/Live.tsx"
import { useWords } from "../words/Language.ts"
import { PaletteButton } from "../palette/PaletteButton.tsx"
import { ScopeStrip } from "../scope/ScopeSwitcher.tsx"
import { LiveBadge } from "./LiveBadge.tsx"
import { Logo } from "./Logo.tsx"
import { PlacesTree } from "./PlacesTree.tsx"
import { PreferencesMenu } from "./PreferencesMenu.tsx"
import { simulatedIn } from "./Simulated.ts"
import { SimulatedRibbon } from "./SimulatedRibbon.tsx"

/** The frame. Its route lets nobody in without a session; for the moment between, it shows nothing. */
export const Frame = () => {
  const session = useAtom(sessionAtom)
  return session === undefined ? null : <SignedInFrame session={session} />
}

const iconButton = "grid size-8 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"

const PlacesDrawer = () => {
  const words = useWords()
  const { pathname } = useLocation()
  const [open, setOpen] = useState(false)
  useEffect(() => setOpen(false), [pathname])
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger aria-label={words.frame.openPlaces} className={`${iconButton} lg:hidden`}>
        <Menu aria-hidden className="size-4" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fading-in fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fading-in fixed inset-y-0 start-0 z-50 w-72 max-w-[85vw] overflow-y-auto border-e border-line bg-surface shadow-float"
        >
          <div className="flex h-12 items-center justify-between border-b border-line ps-3 pe-2">
            <Dialog.Title asChild>
              <h2 className="text-sm font-semibold">{words.frame.places}</h2>
            </Dialog.Title>
            <Dialog.Close aria-label={words.close} className={iconButton}>
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          <PlacesTree />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const SignedInFrame = ({ session }: { readonly session: Session }) => {
  const words = useWords()
  const { branchId, deviceId } = useParams({ strict: false })
  // So that the page follows what one may do.
  useQuery(profileQuery)
  const branches = useQuery(branchesQuery).data ?? []
  const devices = useQuery(devicesQuery).data ?? []
  return (
    <LiveProvider session={session}>
      <div className="flex min-h-dvh flex-col">
        <a
          href="#content"
          className="sr-only z-50 rounded-md bg-accent-solid px-3 py-2 text-sm text-white focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
        >
          {words.skipToContent}
        </a>
        <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-surface px-2 lg:px-4">
          <PlacesDrawer />
          <Logo />
          <div className="ms-auto flex items-center gap-2">
            <PaletteButton />
            <LiveBadge />
            <PreferencesMenu />
          </div>
        </header>
        <ScopeStrip />
        <SimulatedRibbon simulated={simulatedIn({ branchId, deviceId }, branches, devices)} />
        <div className="flex min-h-0 flex-1">
          <aside className="sticky top-12 hidden max-h-[calc(100dvh-3rem)] w-68 shrink-0 self-start overflow-y-auto lg:block">
            <PlacesTree />
          </aside>
          <main id="content" tabIndex={-1} className="min-w-0 flex-1 border-line bg-canvas outline-none lg:border-s">
            <Outlet />
          </main>
        </div>
      </div>
    </LiveProvider>
  )
}
