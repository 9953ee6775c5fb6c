/** Opens the command palette: by a press, or by Ctrl-K and ⌘-K wherever one is. It is loaded when it is wanted first. */
import { Search } from "lucide-react"
import { lazy, Suspense, useEffect, useState } from "react"
import { useWords } from "../words/Language.ts"

const Palette = lazy(async () => ({ default: (await import("./Palette.tsx")).Palette }))

const isApple = /Mac|iPhone|iPad/u.test(globalThis.navigator?.userAgent ?? "")

const focused = (): HTMLElement | null =>
  document.activeElement instanceof HTMLElement ? document.activeElement : null

export const PaletteButton = () => {
  const { palette } = useWords()
  /** What had the focus when it was opened; undefined while it is closed. */
  const [before, setBefore] = useState<HTMLElement | null>()
  const show = (): void => setBefore((known) => (known === undefined ? focused() : known))
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      // By the key's place as well: on a Hebrew keyboard it types another letter.
      const isK = event.key.toLowerCase() === "k" || event.code === "KeyK"
      if (!isK || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      show()
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])
  return (
    <>
      <button
        type="button"
        aria-keyshortcuts={isApple ? "Meta+K" : "Control+K"}
        onClick={show}
        className="flex h-8 items-center gap-2 rounded-md px-2 text-sm text-dim hover:bg-sunken hover:text-ink lg:border lg:border-edge"
      >
        <Search aria-hidden className="size-4" />
        <span className="sr-only lg:not-sr-only">{palette.open}</span>
        <kbd dir="ltr" className="hidden font-mono text-2xs lg:inline">
          {isApple ? "⌘K" : "Ctrl K"}
        </kbd>
      </button>
      {before === undefined ? null : (
        <Suspense>
          <Palette returnTo={before} onClose={() => setBefore(undefined)} />
        </Suspense>
      )}
    </>
  )
}
