/**
 * Says, over the whole width, that what is shown is simulated, or that part of it is. It never says of a real place
 * that nothing there moves.
 */
import { FlaskConical } from "lucide-react"
import { useWords } from "../words/Language.ts"
import type { Simulated } from "./Simulated.ts"

export const SimulatedRibbon = ({ simulated }: { readonly simulated: Simulated }) => {
  const { frame } = useWords()
  if (simulated === "none") return null
  return (
    <aside
      aria-label={frame.simulated}
      className="simulated-strip flex min-h-7 items-center justify-center gap-2 border-b border-line px-3 py-0.5 text-xs text-warn"
    >
      <FlaskConical aria-hidden className="size-3.5 shrink-0" />
      <p>
        <strong className="font-semibold">{frame.simulated}</strong>{" "}
        {simulated === "all" ? frame.simulatedLead : frame.simulatedInPart}
      </p>
    </aside>
  )
}
