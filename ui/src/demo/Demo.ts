/**
 * The running demo: a miniature branch, driven by the frames of the browser, and what of it the page shows. It writes into
 * the same stores that the live socket of the dashboard writes into, so everything that shows a twin shows this one.
 */
import { type Atom, createAtom } from "@xstate/store"
import { Miniature } from "#twins/miniature/Miniature.ts"
import { clockAtom } from "../live/Clock.ts"
import { heard, vouched } from "../live/Liveness.ts"
import { linkAtom } from "../live/LiveState.ts"
import { twinStore } from "../live/TwinStore.ts"
import type { Speed } from "./DemoSearch.ts"

/** The page was away: that time is left out. */
const longestFrameMs = 250
/** What is not a twin is shown anew this often. */
const refreshMs = 120

export interface Demo {
  branch: Miniature
  /** Grows when anything may look different. */
  readonly ticks: Atom<number>
  /** 0 while it stands still. */
  speed: Speed | 0
  /** Begins the day of a seed. */
  readonly begin: (seed: number) => void
  /** Does something to the branch, and shows at once what came of it. */
  readonly act: <A>(deed: (branch: Miniature) => A) => A
  /** Lets time run until the given function is called. */
  readonly run: () => () => void
}

/** A demo of a seed at a speed, not running yet. */
export const makeDemo = (seed: number, speed: Speed): Demo => {
  const ticks = createAtom(0)
  let shownAtMs = 0
  /** What of a millisecond has passed: the branch counts whole ones, as everything does that is stored. */
  let fractionMs = 0
  const show = (): void => {
    const { branch } = demo
    twinStore.receive(branch.cloud.changes(branch.nowMs))
    const ownMs = Date.now()
    linkAtom.set((link) => vouched(heard(link, ownMs), ownMs))
    clockAtom.set({ ownMs, serverMs: branch.nowMs })
    ticks.set((count) => count + 1)
  }
  const demo: Demo = {
    branch: new Miniature(seed),
    ticks,
    speed,
    begin: (next) => {
      twinStore.clear()
      demo.branch = new Miniature(next)
      show()
    },
    act: (deed) => {
      const done = deed(demo.branch)
      show()
      return done
    },
    run: () => {
      let lastMs = performance.now()
      let frame = 0
      const step = (nowMs: number): void => {
        const passedMs = Math.min(nowMs - lastMs, longestFrameMs)
        lastMs = nowMs
        fractionMs += passedMs * demo.speed
        const wholeMs = Math.floor(fractionMs)
        fractionMs -= wholeMs
        demo.branch.advanceTo(demo.branch.nowMs + wholeMs)
        if (nowMs - shownAtMs >= refreshMs) {
          shownAtMs = nowMs
          show()
        }
        frame = requestAnimationFrame(step)
      }
      show()
      frame = requestAnimationFrame(step)
      return () => cancelAnimationFrame(frame)
    },
  }
  return demo
}
