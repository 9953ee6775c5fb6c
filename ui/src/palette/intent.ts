/**
 * What somebody wants who types into the command palette: perhaps to unlock something, and what it is. People type in either
 * language, whichever the page is in. Pure.
 */
export interface Intent {
  readonly isUnlock: boolean
  /** What to look for, without the words that only say what kind of thing it is. */
  readonly searched: string
}

const unlocking = new Set(["unlock", "open", "release", "פתיחה", "פתיחת", "לפתוח", "שחרור"])
const fillers = new Set(["bay", "cart", "the", "of", "in", "תא", "עגלה", "של"])

export const intentOf = (typed: string): Intent => {
  const words = typed.toLowerCase().split(/\s+/u).filter(Boolean)
  return {
    isUnlock: words.some((word) => unlocking.has(word)),
    searched: words.filter((word) => !unlocking.has(word) && !fillers.has(word)).join(" "),
  }
}

/** True if every word that was typed is in a title. */
export const matches = (title: string, typed: string): boolean => {
  const text = title.toLocaleLowerCase()
  return typed
    .toLocaleLowerCase()
    .split(/\s+/u)
    .every((word) => text.includes(word))
}
