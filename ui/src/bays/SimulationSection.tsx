/**
 * Hands at a simulated bay. Says what they are, and shows the simulator's own answer.
 */
import { useMutation } from "@tanstack/react-query"
import { FlaskConical } from "lucide-react"
import { SimulationVerb } from "#core/api/Api.ts"
import type { Bay } from "#core/api/Records.ts"
import { actAtBay } from "../api/Queries.ts"
import { Button } from "../lib/Button.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

export const SimulationSection = ({ bay }: { readonly bay: Bay }) => {
  const { simulation } = useWords()
  const act = useMutation({ mutationFn: (verb: SimulationVerb) => actAtBay(bay.id, verb) })
  return (
    <section aria-label={simulation.title} className="space-y-2.5 px-4 py-3">
      <div className="simulated-strip -mx-4 -mt-3 flex flex-wrap items-center gap-x-2 px-4 py-1.5 text-xs text-warn">
        <FlaskConical aria-hidden className="size-3.5" />
        <h3 className="font-semibold">{simulation.title}</h3>
        <p>{simulation.lead}</p>
      </div>
      <div className="flex flex-wrap gap-1.5">
        {SimulationVerb.literals.map((verb) => (
          <Button key={verb} size="small" disabled={act.isPending} onClick={() => act.mutate(verb)}>
            {simulation.verbs[verb]}
          </Button>
        ))}
      </div>
      <p role="status" className="text-xs text-ink empty:hidden">
        {act.data === undefined ? null : (
          <>
            {simulation.done} <bdi>{act.data}</bdi>
          </>
        )}
      </p>
      {act.error === null ? null : <ProblemNotice error={act.error} />}
    </section>
  )
}
