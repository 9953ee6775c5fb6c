/** Asking for commands. Each gives the command's id, the same for the same `key` however often it is sent. */
import { BayId, CartId, ControllerId, DeviceId } from "#core/domain/Ids.ts"
import type { CommandAction } from "../words/EnglishAsking.ts"
import { call } from "./Client.ts"

export interface Asking {
  readonly reason: string
  /** A name for this request (`Idempotency-Key`). */
  readonly key: string
}

const headersOf = ({ key }: Asking) => ({ "idempotency-key": key })

/** Asks to open the bay of a cart. */
export const unlockCart = async (cartId: string, asking: Asking): Promise<string> => {
  const request = {
    params: { id: CartId.make(cartId) },
    headers: headersOf(asking),
    payload: { reason: asking.reason },
  }
  return (await call(({ commands }) => commands.unlock(request))).command_id
}

/** What can be done with a bay besides opening it. */
export type BayAction = Extract<CommandAction, "lock" | "identify" | "maintenanceOn" | "maintenanceOff">

export const askBay = async (bayId: string, action: BayAction, asking: Asking): Promise<string> => {
  const { reason } = asking
  const request = { params: { id: BayId.make(bayId) }, headers: headersOf(asking), payload: { reason } }
  const on = action === "maintenanceOn"
  const made = await call(({ commands }) => {
    if (action === "lock") return commands.lockBay(request)
    if (action === "identify") return commands.identifyBay(request)
    return commands.maintenance({ ...request, payload: { on, reason } })
  })
  return made.command_id
}

/** Asks the device to look at one of its boards. */
export const probeBoard = async (controllerId: string, asking: Asking): Promise<string> => {
  const request = {
    params: { id: ControllerId.make(controllerId) },
    headers: headersOf(asking),
    payload: { reason: asking.reason },
  }
  return (await call(({ commands }) => commands.probe(request))).command_id
}

/** What a whole device can be asked for. */
export type DeviceAction = Extract<CommandAction, "identify" | "snapshot" | "reboot" | "apply_config">

/** A restart waits until no unlock is under way. */
export const askDevice = async (deviceId: string, kind: DeviceAction, asking: Asking): Promise<string> => {
  const { reason } = asking
  const payload = kind === "reboot" ? ({ kind, when: "on_idle", reason } as const) : { kind, reason }
  const request = { params: { id: DeviceId.make(deviceId) }, headers: headersOf(asking), payload }
  return (await call(({ commands }) => commands.device(request))).command_id
}
