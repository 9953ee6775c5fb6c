/**
 * The rules as they hold in a chain: as they are, or as somebody there has tuned them. Those that bays and devices announce are
 * raised by the fact itself and are not tuned: nobody switches off that a bay was forced. Pure.
 */
import type { AlarmRule } from "#core/alarms/AlarmRule.ts"
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import type { AlarmCode, AlarmSeverity } from "#core/domain/Alarm.ts"
import type { Sighting } from "./AlarmRecord.ts"

/** How somebody of a chain wants a rule. */
export interface RuleTuning {
  readonly chainId: string
  readonly code: AlarmCode
  readonly isOn: boolean
  readonly severity: AlarmSeverity
  readonly raiseAfterMs: number
  readonly clearAfterMs: number
}

/** A rule in a chain. */
export interface HeldRule extends AlarmRule {
  readonly isOn: boolean
  /** Whatever the condition itself says. */
  readonly isSeverityTuned: boolean
}

/** True for a rule that may be tuned. */
export const isTunable = ({ code, announcedBy }: AlarmRule): boolean =>
  announcedBy === undefined && code !== "CONFIG_DRIFT"

const asItIs = (rule: AlarmRule): HeldRule => ({ ...rule, isOn: true, isSeverityTuned: false })

const tuned = (rule: AlarmRule, { isOn, severity, raiseAfterMs, clearAfterMs }: RuleTuning): HeldRule => ({
  ...rule,
  isOn,
  severity,
  raiseAfterMs,
  clearAfterMs,
  isSeverityTuned: severity !== rule.severity,
})

export class RuleBook {
  readonly #tunings: ReadonlyMap<string, RuleTuning>

  constructor(tunings: ReadonlyArray<RuleTuning>) {
    this.#tunings = new Map(tunings.map((tuning) => [`${tuning.chainId} ${tuning.code}`, tuning]))
  }

  of({ code, chainId }: { readonly code: AlarmCode; readonly chainId: string }): HeldRule {
    const rule = alarmRuleOf(code)
    const tuning = this.#tunings.get(`${chainId} ${code}`)
    return tuning === undefined ? asItIs(rule) : tuned(rule, tuning)
  }

  /** What is seen, as the rules take it: what nobody wants to know is over. */
  taken(sighting: Sighting): Sighting {
    const { isOn, isSeverityTuned } = this.of(sighting)
    if (!isOn) return { ...sighting, seen: "over" }
    return isSeverityTuned ? { ...sighting, severity: undefined } : sighting
  }
}
