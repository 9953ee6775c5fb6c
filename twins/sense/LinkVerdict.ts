/**
 * The state of a board's link as its reads show it, and what that says to the controller's machine, by a way it knows.
 */
import type { ControllerEvent } from "#core/domain/Controller.ts"

export type LinkVerdict =
  | { readonly link: "polling" | "silent" | "garbled" }
  | { readonly link: "slow"; readonly roundMs: number }
  | { readonly link: "busDown"; readonly reason: string }

/** Takes the state the link is in, by its machine's word, and a verdict; gives the events that lead there, in order. */
export const linkEvents = (link: string, verdict: LinkVerdict, at: number): ReadonlyArray<ControllerEvent> => {
  if (link === verdict.link) return []
  switch (verdict.link) {
    case "polling":
      return [{ type: "controller.answered", at }]
    case "slow": {
      const slowed = { type: "controller.slowed", roundMs: verdict.roundMs, at } as const
      return link === "polling" ? [slowed] : [{ type: "controller.answered", at }, slowed]
    }
    case "silent":
      return [{ type: "controller.silenced", at }]
    case "garbled": {
      const garbled = { type: "controller.garbled", at } as const
      return link === "busDown" ? [{ type: "controller.silenced", at }, garbled] : [garbled]
    }
    case "busDown":
      return [{ type: "controller.busLost", reason: verdict.reason, at }]
  }
}
