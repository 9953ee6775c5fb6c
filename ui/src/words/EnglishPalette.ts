/** What the command palette says, in English. */
import type { SearchKind } from "#core/api/Search.ts"

export const englishPalette = {
  palette: {
    open: "Search and commands",
    placeholder: "Bay, cart, device, last four digits, page…",
    hint: "Try “unlock bay A7”, “TLV-01/A7”, or the last four digits of a phone.",
    results: "Found",
    searching: "Searching…",
    nothing: "Nothing fits.",
    count: (count: number) => (count === 1 ? "1 result" : `${count} results`),
    groups: {
      actions: "Actions",
      pages: "Pages",
      bay: "Bays",
      cart: "Carts",
      rental: "Rentals",
      device: "Devices",
      branch: "Branches",
    } satisfies Record<SearchKind | "actions" | "pages", string>,
    unlock: (label: string) => `Unlock bay ${label}…`,
    showOnly: (name: string) => `Show only ${name}`,
    showEverything: "Show everything",
    withCart: (number: string) => `cart ${number}`,
    inBay: (label: string) => `bay ${label}`,
  },
}
