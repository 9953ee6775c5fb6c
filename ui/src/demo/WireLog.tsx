/** The frames on the serial wire, newest first, as bytes and in words. The words are those of every log, so English. */
import type { WireLine } from "#twins/miniature/MiniatureBus.ts"
import { useTimeText } from "../live/useTwin.ts"
import { useBranch } from "./DemoContext.ts"
import { useDemoWords } from "./words/useDemoWords.ts"

const shownLines = 12

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(" ")

export const WireLog = () => {
  const { wire: words } = useDemoWords()
  const lines = useBranch().bus.lines.slice(-shownLines).reverse()
  return (
    <section aria-label={words.title} className="rounded-lg border border-line bg-surface p-3 sm:p-4">
      <h2 className="text-sm font-semibold">{words.title}</h2>
      <p className="mb-2 text-xs text-dim">{words.lead}</p>
      {lines.length === 0 ? <p className="text-sm text-dim">{words.none}</p> : null}
      <ol>
        {lines.map((line) => (
          <WireRow key={line.number} line={line} />
        ))}
      </ol>
    </section>
  )
}

const WireRow = ({ line: { atMs, direction, bytes, text } }: { readonly line: WireLine }) => {
  const { wire: words } = useDemoWords()
  const timeText = useTimeText()
  return (
    <li
      className="flex flex-wrap gap-x-3 border-t border-line py-1 text-xs first:border-t-0"
      data-direction={direction}
    >
      <time dir="ltr" className="w-16 shrink-0 text-dim tabular-nums">
        {timeText(atMs)}
      </time>
      <span className={`w-12 shrink-0 font-medium ${direction === "sent" ? "text-accent" : ""}`}>
        {words[direction]}
      </span>
      <bdi dir="ltr" className="shrink-0 font-mono">
        {hexOf(bytes)}
      </bdi>
      <bdi dir="ltr" lang="en" className="min-w-0 text-dim">
        {text}
      </bdi>
    </li>
  )
}
