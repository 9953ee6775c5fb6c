/** The demo's ports on the loopback address, settled before anything starts, so that a taken one is said plainly. */
import { Effect } from "effect"
import { freePort, isPortFree } from "#cloud/postgres/FreePort.ts"
import { DemoError } from "./DemoError.ts"

export interface DemoPorts {
  readonly api: number
  readonly mqtt: number
  /** The simulator's control: any free one. */
  readonly control: number
}

/** The asked-for ports, 0 replaced by a free one. Fails on a taken port, naming it and its setting. */
export const settlePorts = Effect.fnUntraced(function* (wanted: { readonly api: number; readonly mqtt: number }) {
  const api = yield* settle(wanted.api, "API_PORT")
  const mqtt = yield* settle(wanted.mqtt, "MQTT_PORT")
  const control = yield* freePort()
  return { api, mqtt, control } satisfies DemoPorts
})

const settle = Effect.fnUntraced(function* (port: number, setting: string) {
  if (port === 0) return yield* freePort()
  if (yield* isPortFree(port)) return port
  return yield* new DemoError({
    message: `Port ${port} is taken by another program. Stop that, or set ${setting} to another port.`,
  })
})
