/** The invariants by name, each with the judge that decides it on a history. */
import { ackedSurvives, honestTime, oneOutcome, progress } from "./CommandRules.ts"
import type { History } from "./History.ts"
import { atMostOnce, audit, authorisedOpen, noLateOpen } from "./PulseRules.ts"
import { conservation, oneRental } from "./RentalRules.ts"
import { convergence, honestStaleness, monotoneTwins, noSilentLoss, selfRecovery } from "./TwinRules.ts"

/** Gives what breaks the invariant, one sentence each. */
type Judge = (history: History) => ReadonlyArray<string>

export const invariants = {
  "I1 authorised open": authorisedOpen,
  "I2 at most once": atMostOnce,
  "I3 no late open": noLateOpen,
  "I4 one rental": oneRental,
  "I5 acknowledged survives": ackedSurvives,
  "I6 one outcome": oneOutcome,
  "I7 monotone twins": monotoneTwins,
  "I8 convergence": convergence,
  "I9 honest staleness": honestStaleness,
  "I12 no silent loss": noSilentLoss,
  "I13 progress": progress,
  "I14 audit": audit,
  "I15 self-recovery": selfRecovery,
  "I16 time": honestTime,
  "I17 conservation": conservation,
} as const satisfies Record<string, Judge>

export type InvariantName = keyof typeof invariants

export interface Violation {
  readonly invariant: InvariantName
  readonly what: string
}

export const invariantNames = Object.keys(invariants) as ReadonlyArray<InvariantName>

/** Everything in the history that must not be. */
export const violationsIn = (history: History): ReadonlyArray<Violation> =>
  invariantNames.flatMap((invariant) => invariants[invariant](history).map((what) => ({ invariant, what })))
