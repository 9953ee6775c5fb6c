/** How bad an alarm is. */
import type { AlarmSeverity } from "#core/domain/Alarm.ts"
import { Chip } from "../lib/Chip.tsx"
import { useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"

const looks: Readonly<Record<AlarmSeverity, Look>> = {
  critical: { tone: "bad", picture: "alert" },
  major: { tone: "bad", picture: "alert" },
  minor: { tone: "warn", picture: "alert" },
  warning: { tone: "warn", picture: "waiting" },
}

export const SeverityChip = ({ severity }: { readonly severity: AlarmSeverity }) => {
  const { alarms } = useWords()
  return <Chip look={looks[severity]}>{alarms.severities[severity]}</Chip>
}
