/** The configuration that the local file holds: in force until the cloud has wished another one. */
import { type ConfigDocument, sorted, usualTiming } from "#core/config/ConfigDocument.ts"

import type { DeviceConfig } from "./EdgeConfig.ts"

/** The document of a device's own file. */
export const firstConfig = (device: DeviceConfig): ConfigDocument => {
  const controllers = device.buses.flatMap((bus) => bus.controllers)
  return sorted({
    v: 1,
    boards: controllers.map(({ id, hook_closed_bit, presence_bit }) => ({ id, hook_closed_bit, presence_bit })),
    bays: controllers.flatMap(({ bays }) =>
      bays.map(({ id, label, cart_id }) => ({
        id,
        label,
        service: "inService" as const,
        cart: cart_id === null ? null : { id: cart_id, placement: 0 },
      })),
    ),
    timing: usualTiming,
  })
}
