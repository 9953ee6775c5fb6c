/**
 * What a device can show to people who stand before it: a light, a screen, or at least a line in its log. Showing moves no
 * lock. A device without any hardware for it uses `logIndicator`.
 */
import { Effect } from "effect"

import type { BayId, DeviceId } from "#core/domain/Ids.ts"

export interface Sign {
  readonly device: DeviceId
  /** The bay that is meant; undefined for the whole device. */
  readonly bay: { readonly id: BayId; readonly label: string } | undefined
  /** `identify`: here I am. `lock_wanted`: push the cart in until it clicks. */
  readonly says: "identify" | "lock_wanted"
  /** It goes out by itself after so long, in milliseconds. */
  readonly forMs: number
}

export interface Indicator {
  readonly show: (sign: Sign) => Effect.Effect<void>
}

const sentences: Readonly<Record<Sign["says"], string>> = {
  identify: "somebody asked it to show itself",
  lock_wanted: "its cart is to be pushed in until it clicks",
}

/** Says it in the log. */
export const logIndicator: Indicator = {
  show: ({ device, bay, says, forMs }) =>
    Effect.logWarning(`${bay === undefined ? `device ${device}` : `bay ${bay.label}`}: ${sentences[says]}`, { forMs }),
}
