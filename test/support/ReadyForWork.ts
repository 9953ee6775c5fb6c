/**
 * Waits until the branch works: its device is online and in sync, and no bay is dark. After a fault that may make mirror and
 * bay disagree, `diverged` is in sync too: the bay's word was taken.
 */
import { eventually } from "./Eventually.ts"
import { oneBoard } from "./OneBoard.ts"
import type { Rest } from "./Rest.ts"

export const readyForWork = (
  rest: Rest,
  timeoutMs = 30_000,
  inSync: ReadonlyArray<string> = ["inSync"],
): Promise<void> =>
  eventually(
    async () => {
      const device = (await rest.devices()).find(({ id }) => id === oneBoard.device)
      const carts = await rest.carts(oneBoard.branch)
      const dark = carts.filter(({ dock, stale }) => dock === "unknown" || stale).length
      const isThere = device?.status === "online" && inSync.includes(device.sync)
      if (!isThere || dark > 0) {
        throw new Error(`device is ${device?.status}, ${device?.sync}; ${dark} carts unknown or stale`)
      }
    },
    { timeoutMs, everyMs: 50 },
  )
