/** The situations and cases of a controller. No guard looks at its memory. */
import type { ControllerEvent } from "#core/domain/Controller.ts"
import { type Case, due, type MachineCases, nowMs, type Situation } from "../MachineCases.fixture.ts"

const at = nowMs
const gone = { lostAt: nowMs - 1, problem: null }

const answering = (link: string): Situation => ({ value: { link } })
const away = (link: string): Situation => ({ value: { link }, context: gone })
const plain = (type: Exclude<ControllerEvent["type"], "controller.slowed" | "controller.busLost" | "deadline.due">) =>
  ({ event: { type, at } }) satisfies Case

export const controllerClasses: MachineCases = {
  kind: "controller",
  situations: {
    "link.probing": answering("probing"),
    "link.polling": answering("polling"),
    "link.slow": answering("slow"),
    "link.garbled": away("garbled"),
    "link.silent": away("silent"),
    "link.busDown": { value: { link: "busDown" }, context: { ...gone, problem: "the port is gone" } },
    "link.disabled": away("disabled"),
  },
  cases: {
    answered: plain("controller.answered"),
    slowed: { event: { type: "controller.slowed", roundMs: 1_500, at } },
    silenced: plain("controller.silenced"),
    garbled: plain("controller.garbled"),
    busLost: { event: { type: "controller.busLost", reason: "the port is gone", at } },
    disabled: plain("controller.disabled"),
    enabled: plain("controller.enabled"),
    "due probeWindow": { event: due("xstate.after.probeWindow.controller.link.probing") },
  },
  contexts: [{ lostAt: null, problem: null }, gone, { lostAt: nowMs, problem: "the port is gone" }],
  alike: [],
  finals: [],
}
