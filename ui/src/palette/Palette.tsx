/**
 * The command palette: one line to type into, and what fits: pages, actions, and whatever the server finds. A list of options
 * with one that is active, moved by the arrow keys; Enter goes there.
 */
import { useQuery } from "@tanstack/react-query"
import { Search } from "lucide-react"
import { Dialog } from "radix-ui"
import { type KeyboardEvent, useEffect, useId, useState } from "react"
import { Limits } from "#core/Limits.ts"
import { searchQuery } from "../api/SearchQueries.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"
import { intentOf, matches } from "./intent.ts"
import type { PaletteItem } from "./PaletteItem.ts"
import { useHitItems } from "./useHitItems.ts"
import { useOwnItems } from "./useOwnItems.ts"

/** How long somebody must have stopped typing before the server is asked. */
const restMs = 150

/** A text once it has rested. */
const useRested = (text: string): string => {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), restMs)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}

/** The lines for what is typed. What was found for an earlier text is never among them. */
const useItems = (typed: string) => {
  const { isUnlock, searched } = intentOf(typed)
  const rested = useRested(searched)
  const isCurrent = rested === searched
  const asked = useQuery(searchQuery(rested))
  const own = useOwnItems()
  const hitItems = useHitItems()
  const found = searched !== "" && isCurrent ? hitItems(asked.data ?? [], isUnlock) : []
  const fitting =
    typed.trim() === ""
      ? own.filter(({ group }) => group === "pages")
      : own.filter(({ title }) => matches(title, typed.trim()))
  return {
    // Together by group, in the order in which a group first has a line.
    items: [...Map.groupBy([...found, ...fitting], ({ group }) => group).values()].flat(),
    isSearching: searched !== "" && (!isCurrent || asked.isFetching),
    error: isCurrent ? asked.error : null,
  }
}

interface Props {
  /** What had the focus before, and has it again when nothing was chosen. */
  readonly returnTo: HTMLElement | null
  readonly onClose: () => void
}

export const Palette = ({ returnTo, onClose }: Props) => {
  const { palette } = useWords()
  const [hasRun, setHasRun] = useState(false)
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fading-in fixed inset-0 z-50 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // Where it led is what comes next, not where one was before.
            const next = hasRun ? document.getElementById("content") : returnTo
            next?.focus({ preventScroll: true })
          }}
          className="fading-in fixed inset-x-2 top-[8vh] z-50 mx-auto flex max-h-[80vh] max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-float"
        >
          <Dialog.Title className="sr-only">{palette.open}</Dialog.Title>
          <PaletteBody
            onRun={(item) => {
              setHasRun(true)
              onClose()
              item.run()
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const PaletteBody = ({ onRun }: { readonly onRun: (item: PaletteItem) => void }) => {
  const { palette } = useWords()
  const [typed, setTyped] = useState("")
  const [chosen, setChosen] = useState<string>()
  const list = useId()
  const { items, isSearching, error } = useItems(typed)
  const at = Math.max(
    0,
    items.findIndex(({ key }) => key === chosen),
  )
  const active = items[at]
  const optionId = (key: string) => `${list}-${key}`
  useEffect(() => {
    if (active !== undefined) document.getElementById(optionId(active.key))?.scrollIntoView({ block: "nearest" })
  })

  const move = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1 }
    const next = moves[event.key]
    if (next !== undefined && items.length > 0) {
      event.preventDefault()
      setChosen(items[(next + items.length) % items.length]?.key)
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing && active !== undefined) {
      event.preventDefault()
      onRun(active)
    }
  }

  return (
    <>
      <div className="relative shrink-0 border-b border-line">
        <Search aria-hidden className="absolute start-4 top-4 size-4 text-dim" />
        <input
          type="text"
          role="combobox"
          aria-label={palette.open}
          aria-expanded={items.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : optionId(active.key)}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          maxLength={2 * Limits.searchCharacters}
          value={typed}
          placeholder={palette.placeholder}
          onChange={({ target }) => {
            setTyped(target.value)
            setChosen(undefined)
          }}
          onKeyDown={move}
          className="h-12 w-full bg-transparent ps-11 pe-4 text-base placeholder:text-dim focus-visible:outline-none"
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-2">
        {error === null ? null : <ProblemNotice error={error} />}
        <Options list={list} items={items} active={active} optionId={optionId} onHover={setChosen} onRun={onRun} />
        <p role="status" className="px-2 py-1.5 text-xs text-dim">
          {isSearching ? palette.searching : items.length === 0 ? palette.nothing : palette.count(items.length)}
        </p>
        {typed === "" ? <p className="px-2 pb-1 text-xs text-dim">{palette.hint}</p> : null}
      </div>
    </>
  )
}

interface OptionsProps {
  readonly list: string
  readonly items: ReadonlyArray<PaletteItem>
  readonly active: PaletteItem | undefined
  readonly optionId: (key: string) => string
  readonly onHover: (key: string) => void
  readonly onRun: (item: PaletteItem) => void
}

const Options = ({ list, items, active, optionId, onHover, onRun }: OptionsProps) => {
  const { palette } = useWords()
  const groups = [...Map.groupBy(items, ({ group }) => group)]
  return (
    <div role="listbox" id={list} aria-label={palette.results}>
      {groups.map(([group, own]) => (
        <div key={group} role="group" aria-labelledby={`${list}-of-${group}`} className="mb-1">
          <div id={`${list}-of-${group}`} className="px-2 pt-1.5 pb-1 text-2xs font-semibold text-dim">
            {palette.groups[group]}
          </div>
          {own.map((item) => {
            const { key, title, detail, Icon } = item
            return (
              <div
                key={key}
                id={optionId(key)}
                role="option"
                aria-selected={key === active?.key}
                onMouseMove={() => onHover(key)}
                onClick={() => onRun(item)}
                className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-sm aria-selected:bg-accent-soft"
              >
                <Icon aria-hidden className="size-4 shrink-0 text-dim" />
                <bdi className="min-w-0 truncate">{title}</bdi>
                {detail === undefined ? null : (
                  <bdi className="ms-auto max-w-[55%] shrink-0 truncate text-xs text-dim">{detail}</bdi>
                )}
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
