/**
 * Builds the pages into `ui/dist` (base `/`): files of our own only, nothing is fetched from anywhere else. Each page is
 * a program of its own: the dashboard, the shopper's, which is small, and the demo, which needs no cloud. `vite dev` passes
 * the API and the live socket on to a cloud on this machine (`API_PORT`, 8000).
 */
import { fileURLToPath } from "node:url"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { build, defineConfig, type Plugin } from "vite"

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** In `vite dev`: the page of an address that is not the dashboard's, as the cloud serves it. */
const pages: Plugin = {
  name: "cartwise-pages",
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _response, next) => {
      if (/^\/[sk]\//u.test(request.url ?? "")) request.url = "/shopper.html"
      if (/^\/demo(?:\?|$)/u.test(request.url ?? "")) request.url = "/demo.html"
      next()
    })
  },
}

const cloud = `http://127.0.0.1:${process.env["API_PORT"] ?? "8000"}`

const target = "es2023"
/** Fonts and images stay files: a `data:` address would need a wider Content-Security-Policy. */
const assetsInlineLimit = 0

/** Pages that are built beside the dashboard and not with it: what two share would be as large as the larger. */
const otherPages = ["shopper.html", "demo.html"] as const

const besides = (): Plugin => {
  let outDir = ""
  return {
    name: "cartwise-besides",
    apply: "build",
    configResolved: (config) => void (outDir = config.build.outDir),
    closeBundle: async () => {
      for (const page of otherPages) {
        await build({
          configFile: false,
          root: fileOf("."),
          publicDir: false,
          plugins: [react(), tailwindcss()],
          build: {
            outDir,
            emptyOutDir: false,
            target,
            assetsInlineLimit,
            rolldownOptions: { input: fileOf(page) },
          },
        })
      }
    },
  }
}

export default defineConfig({
  root: fileOf("."),
  base: "/",
  plugins: [pages, besides(), react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target,
    assetsInlineLimit,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: cloud, ws: true }, "/health": { target: cloud } },
  },
})
