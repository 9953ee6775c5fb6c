/**
 * Says, over the whole width, that something shown is simulated.
 */
import { FlaskConical } from "lucide-react"
import { useWords } from "../words/Language.ts"

export const SimulatedRibbon = () => {
  const { frame } = useWords()
  return (
    <p className="simulated-strip flex min-h-7 items-center justify-center gap-2 border-b border-line px-3 py-0.5 text-xs text-warn">
      <FlaskConical aria-hidden className="size-3.5 shrink-0" />
      <strong className="font-semibold">{frame.simulated}</strong>
      <span>{frame.simulatedLead}</span>
    </p>
  )
}
