/**
 * The parts of a device that its safety rests on, each of which can be put in by hand: a test gives a faulty one and shows
 * that it is noticed. The program itself always runs with `soundParts`.
 */
import type { Clock } from "effect"

import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import type { Stored } from "#twins/Stored.ts"
import { step, type Stepped } from "#twins/Twin.ts"

import { CommandLedger } from "./commands/CommandLedger.ts"
import { judge } from "./commands/Verdict.ts"
import { Deadlines } from "./hub/Deadlines.ts"
import { observe, type Observe } from "#twins/sense/Debounce.ts"
import { DeviceTime } from "./sync/DeviceTime.ts"
import { UplinkWindow } from "./sync/UplinkWindow.ts"

export interface DeviceParts {
  readonly step: (stored: Stored, event: TwinEvent) => Stepped
  readonly judge: typeof judge
  readonly observe: Observe
  readonly ledger: (...needs: ConstructorParameters<typeof CommandLedger>) => CommandLedger
  readonly time: (clock: Clock.Clock) => DeviceTime
  readonly deadlines: (time: DeviceTime) => Deadlines
  readonly window: (acknowledged: number) => UplinkWindow
}

export const soundParts: DeviceParts = {
  step,
  judge,
  observe,
  ledger: (...needs) => new CommandLedger(...needs),
  time: (clock) => new DeviceTime(clock),
  deadlines: (time) => new Deadlines(time),
  window: (acknowledged) => new UplinkWindow(acknowledged),
}
