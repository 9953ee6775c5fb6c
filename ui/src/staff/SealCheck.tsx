/** Checks the seals of a chain's log at the press of a button and says what came of it. */
import { useMutation } from "@tanstack/react-query"
import { CircleX, ShieldCheck } from "lucide-react"
import type { AuditVerdict } from "#core/api/Audit.ts"
import { verifyAudit } from "../api/StaffQueries.ts"
import { Button } from "../lib/Button.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

interface Props {
  /** A chain's id; the log of what concerns no chain if absent. */
  readonly chain: string | undefined
  /** Whose log it is. */
  readonly name: string
}

export const SealCheck = ({ chain, name }: Props) => {
  const { audit } = useWords().staff
  const check = useMutation({ mutationFn: () => verifyAudit(chain) })
  return (
    <div className="space-y-2">
      <Button size="small" disabled={check.isPending} onClick={() => check.mutate()}>
        <ShieldCheck aria-hidden className="size-3.5" />
        {check.isPending ? audit.verifying : audit.verify(name)}
      </Button>
      {check.error === null ? null : <ProblemNotice error={check.error} />}
      {check.data === undefined ? null : <Verdict verdict={check.data} />}
    </div>
  )
}

const Verdict = ({ verdict: { intact, checked, broken, unsealed, head } }: { readonly verdict: AuditVerdict }) => {
  const { audit } = useWords().staff
  return (
    <div
      role="status"
      className={`flex items-start gap-2.5 rounded-md p-3 text-sm ${intact ? "bg-good-soft" : "bg-bad-soft"}`}
    >
      {intact ? (
        <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
      ) : (
        <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      )}
      <div className="min-w-0 space-y-0.5">
        {intact ? <p>{audit.intact(checked)}</p> : null}
        {broken === null ? null : <p>{audit.broken(broken.seq, audit.breaks[broken.what])}</p>}
        {unsealed === 0 ? null : <p>{audit.unsealed(unsealed)}</p>}
        {head === null ? null : (
          <p className="text-xs text-dim">
            {audit.head(head.seq)}{" "}
            <bdi dir="ltr" className="font-mono break-all">
              {head.hash}
            </bdi>
          </p>
        )}
      </div>
    </div>
  )
}
