/**
 * One CU16 board on a bus: does it answer (domain.md §6.6)? One region, `link`, written by the edge. The host counts
 * good and missed polls and speaks only when a threshold is crossed; a poll is not an event.
 *
 * When the board is lost, the intent `loseBays` tells every bay on it that nothing is known any more.
 */
import { assign, setup } from "xstate"
import type { ControllerEvent } from "#core/domain/Controller.ts"
import { Limits } from "#core/Limits.ts"
import { instantOf, intents } from "../MachineKit.ts"

export interface ControllerContext {
  /** When the board was last lost, or null if it is answering. */
  readonly lostAt: number | null
  /** What the port said when it went away. */
  readonly problem: string | null
}

const loseBays = (reason: "controller_silent" | "bus_down" | "disabled") => ({
  type: "loseBays" as const,
  params: { reason },
})

const busLost = { "controller.busLost": { target: "busDown", actions: ["markLost", loseBays("bus_down")] } } as const
const disabled = { "controller.disabled": { target: "disabled", actions: ["markLost", loseBays("disabled")] } } as const
const answered = { "controller.answered": { target: "polling", actions: "markAnswering" } } as const
const lost = {
  "controller.silenced": { target: "silent", actions: ["markLost", loseBays("controller_silent")] },
  "controller.garbled": { target: "garbled", actions: ["markLost", loseBays("controller_silent")] },
} as const

export const controllerMachine = setup({
  types: { context: {} as ControllerContext, events: {} as ControllerEvent },
  actions: {
    ...intents,
    markLost: assign(({ event }) => ({
      lostAt: instantOf(event),
      problem: event.type === "controller.busLost" ? event.reason.slice(0, Limits.reasonCharacters) : null,
    })),
    markAnswering: assign({ lostAt: null, problem: null }),
  },
  delays: { probeWindow: Limits.probeWindowMs },
}).createMachine({
  id: "controller",
  type: "parallel",
  context: { lostAt: null, problem: null },
  states: {
    link: {
      initial: "probing",
      states: {
        probing: {
          on: { ...answered, ...lost, ...busLost, ...disabled },
          after: { probeWindow: { target: "silent", actions: ["markLost", loseBays("controller_silent")] } },
        },
        polling: { on: { ...lost, ...busLost, ...disabled, "controller.slowed": "slow" } },
        slow: { on: { ...answered, ...lost, ...busLost, ...disabled } },
        garbled: { on: { ...answered, ...busLost, ...disabled, "controller.silenced": "silent" } },
        silent: { on: { ...answered, ...busLost, ...disabled, "controller.garbled": "garbled" } },
        busDown: { on: { ...answered, ...disabled, "controller.silenced": "silent", "controller.garbled": "garbled" } },
        disabled: { on: { "controller.enabled": { target: "probing", actions: "markAnswering" } } },
      },
    },
  },
})
