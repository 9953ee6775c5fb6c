/** What each kind of command asks of whoever asks for it. */
import type { CommandKind } from "../domain/Command.ts"
import type { Capability } from "./Capability.ts"

export const commandCapability: Readonly<Record<CommandKind, Capability>> = {
  unlock: "bay.unlock",
  lock: "bay.lock",
  snapshot: "device.identify",
  identify: "device.identify",
  maintenance: "cart.state",
  reboot: "device.reboot",
  apply_config: "device.configure",
  probe: "controller.probe",
}
