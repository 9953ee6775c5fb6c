/**
 * Builds the dashboard into `ui/dist` (base `/`): files of our own only, nothing is fetched from anywhere else.
 * `vite dev` passes the API and the live socket on to a cloud on this machine (`API_PORT`, 8000).
 */
import { fileURLToPath } from "node:url"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

const cloud = `http://127.0.0.1:${process.env["API_PORT"] ?? "8000"}`

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/",
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    /** Fonts and images stay files: a `data:` address would need a wider Content-Security-Policy. */
    assetsInlineLimit: 0,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: cloud, ws: true }, "/health": { target: cloud } },
  },
})
