/** Looks at the whole system every few seconds of its time: is what the cloud says of its devices honest about their age? */
import type { CloudHost } from "./CloudHost.ts"
import type { Eavesdropper } from "./Eavesdropper.ts"
import type { KeptJudge } from "./KeptJudge.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"
import { Limits } from "#core/Limits.ts"

export interface WatchParts {
  readonly time: VirtualTime
  readonly verdicts: Verdicts
  readonly store: MemoryStore
  readonly cloud: CloudHost
  readonly kept: KeptJudge
  readonly eavesdropper: Eavesdropper
  readonly devices: ReadonlyArray<string>
}

const everyMs = 10_000
/** For so long nothing may have happened to the cloud or its database before it is judged. */
const undisturbedMs = 180_000
/** What a sweep that nobody reminded and a slow database may take. */
const slackMs = 60_000

/** Watches for as long as there is time. */
export const watchOver = (parts: WatchParts): void => {
  const { cloud, devices, eavesdropper, kept, store, time, verdicts } = parts
  /** Since when the cloud and its database have been undisturbed. */
  let undisturbedSince = time.nowMs
  const look = (): void => {
    const { api, life } = cloud
    if (api === undefined || life === undefined || life.paused || !store.db.up) undisturbedSince = time.nowMs
    if (api === undefined || time.nowMs - Math.max(undisturbedSince, cloud.startedMs) < undisturbedMs) return
    for (const device of devices) {
      const silentMs = time.nowMs - eavesdropper.lastWordAtMs(device)
      const state = api.connections.find(device)?.state
      if (state === "online" && silentMs > Limits.offlineAfterMs + slackMs) {
        verdicts.fail("I9 honest staleness", `a device is said to be online and was last heard ${silentMs} ms ago`)
      }
      const lostMs = time.nowMs - (kept.lostSince.get(device) ?? Infinity)
      if (lostMs > Limits.lostConfirmMs + slackMs) {
        verdicts.fail("I9 honest staleness", `a device has been lost for ${lostMs} ms and is not offline`)
      }
    }
  }
  const again = (): void =>
    void time.after(everyMs, () => {
      look()
      again()
    })
  again()
}
