/** What can be asked of a bay and of a device besides an unlock, in English. */
import type { CommandKind } from "#core/domain/Command.ts"

/** The buttons: a kind, and with it what it is asked to be. */
export type CommandAction = Exclude<CommandKind, "unlock" | "maintenance"> | "maintenanceOn" | "maintenanceOff"

export const englishAsking = {
  title: "More commands",
  actions: {
    lock: "Check the lock",
    snapshot: "Ask for a full report",
    identify: "Show itself",
    reboot: "Restart",
    maintenanceOn: "Take out of service",
    maintenanceOff: "Put back in service",
    apply_config: "Apply the configuration",
    probe: "Look at the board",
  } satisfies Record<CommandAction, string>,
  leads: {
    lock: "Looks whether the cart is secured. If not, the bay asks for it for half a minute.",
    snapshot: "The device reports every state it knows, and it is compared.",
    identify: "A light, a screen or the log shows it for 15 seconds. No lock moves.",
    reboot:
      "The device ends what it does and starts anew, when no unlock is under way. Its bays are unknown for a few seconds.",
    maintenanceOn: "People work on the bay: opening it by hand raises no alarm meanwhile.",
    maintenanceOff: "The bay is used as before.",
    probe:
      "The device reads the board a few times and tells what it found, with the last frames of its bus. No lock moves.",
    apply_config: "The device compares with the configuration the cloud offers, and puts it in force.",
  } satisfies Record<CommandAction, string>,
  done: "Done",
  send: "Ask for it",
}
