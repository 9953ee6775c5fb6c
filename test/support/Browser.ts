/** Debian's Chromium, headless, as a person's browser. It reaches nothing but loopback. */
import { findChromium } from "#bin/verify/SystemPackages.ts"
import { type Browser, chromium } from "playwright-core"

export const startBrowser = async (): Promise<Browser> => {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error("There is no Chromium: apt-get install chromium")
  return await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })
}
