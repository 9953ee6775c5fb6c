/**
 * Starts the dashboard.
 */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { Direction } from "radix-ui"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { Problem } from "./api/Problem.ts"
import { followSystemTheme } from "./lib/Theme.ts"
import { router } from "./Router.tsx"
import "./styles.css"
import { directionOf, useLanguage } from "./words/Language.ts"

const retries = 2
/** What asking again cannot change. */
const isFinal = (error: unknown): boolean =>
  error instanceof Problem && error.code !== "unreachable" && error.code !== "unavailable"

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => count < retries && !isFinal(error), refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
})

const Root = () => (
  <Direction.Provider dir={directionOf(useLanguage())}>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </Direction.Provider>
)

followSystemTheme()
const root = document.getElementById("root")
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  )
}
