/**
 * Starts the demo. Everything it will ever show is loaded before it does: from then on the page asks for nothing, and goes on
 * without a network.
 */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { Direction } from "radix-ui"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { TwinKind } from "#core/domain/Ids.ts"
import { drawingQuery } from "../charts/Drawings.ts"
import { followSystemTheme } from "../lib/Theme.ts"
import "../styles.css"
import { directionOf, useLanguage } from "../words/Language.ts"
import { DemoApp } from "./DemoApp.tsx"

const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } })

const Root = () => (
  <Direction.Provider dir={directionOf(useLanguage())}>
    <QueryClientProvider client={queries}>
      <DemoApp />
    </QueryClientProvider>
  </Direction.Provider>
)

/** The fonts of both languages: the other one may be chosen when there is no network any more. */
const fonts = ["Inter", "Heebo"].map((family) => document.fonts.load(`1rem ${family}`, family === "Heebo" ? "א" : "a"))
const drawings = TwinKind.literals.map((kind) => queries.prefetchQuery({ ...drawingQuery(kind), gcTime: Infinity }))

followSystemTheme()
const root = document.getElementById("root")
// A font that does not come is no reason to show nothing.
await Promise.allSettled([...fonts, ...drawings])
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  )
}
