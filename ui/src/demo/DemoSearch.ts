/** What of the demo is in the address: the seed above all, so that a link is a day; the speed, the bay and the tour's stop. */
import { type TwinKind } from "#core/domain/Ids.ts"
import { bays } from "#twins/miniature/MiniaturePlan.ts"
import { type TourStep, tourSteps } from "./TourStep.ts"

export const speeds = [1, 4, 16, 60] as const
export type Speed = (typeof speeds)[number]

export interface DemoSearch {
  readonly seed: number
  readonly speed: Speed
  /** Label of the chosen bay. */
  readonly bay: string
  readonly twin: TwinKind
  readonly step: TourStep
}

/** The largest seed: what a link may say stays short. */
export const seedMax = 999_999
const kinds = ["bay", "cart", "controller", "device"] as const satisfies ReadonlyArray<TwinKind>

const seedOf = (text: string | null): number => {
  const seed = Number(text)
  return text !== null && Number.isInteger(seed) && seed >= 0 && seed <= seedMax ? seed : 1
}

/** Reads the search part of an address; whatever it does not understand has its first value. */
export const parseDemoSearch = (search: string): DemoSearch => {
  const given = new URLSearchParams(search)
  const isBay = bays.some(({ label }) => label === given.get("bay"))
  return {
    seed: seedOf(given.get("seed")),
    speed: speeds.find((speed) => String(speed) === given.get("speed")) ?? 1,
    bay: isBay ? (given.get("bay") ?? "A1") : "A1",
    twin: kinds.find((kind) => kind === given.get("twin")) ?? "bay",
    step: tourSteps.find((step) => step === given.get("step")) ?? tourSteps[0],
  }
}

/** The search part that means this. */
export const demoSearchText = ({ seed, speed, bay, twin, step }: DemoSearch): string =>
  `?${new URLSearchParams({ seed: String(seed), speed: String(speed), bay, twin, step }).toString()}`
