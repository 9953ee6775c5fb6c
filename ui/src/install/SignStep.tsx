/** Signing what was found, and the reports that were signed; a report can be printed alone. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { Commissioning } from "#core/api/Commissionings.ts"
import type { Bay } from "#core/api/Records.ts"
import { Limits } from "#core/Limits.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { Button } from "../lib/Button.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useMay } from "../staff/useMay.ts"
import { FindingChip } from "./FindingChip.tsx"
import { findings, isWalked, walkOf } from "./InstallProgress.ts"
import { commissioningsQuery, signOff } from "./InstallQueries.ts"
import type { Walk } from "./useInstallProgress.ts"
import { useInstallWords } from "./words/useInstallWords.ts"

interface Props {
  readonly branchId: string
  readonly bays: ReadonlyArray<Bay>
  readonly walk: Walk
}

export const SignStep = ({ branchId, bays, walk }: Props) => {
  const { sign: words } = useInstallWords()
  const may = useMay(branchId)
  const queries = useQueryClient()
  const [note, setNote] = useState("")
  const [key, setKey] = useState(newRequestKey)
  const sign = useMutation({
    mutationFn: () => signOff(branchId, findings(walk.progress, bays), note.trim(), key),
    onSuccess: () => {
      setNote("")
      setKey(newRequestKey())
      return queries.invalidateQueries(commissioningsQuery(branchId))
    },
  })
  const open = bays.filter(({ id }) => !isWalked(walkOf(walk.progress, id))).length
  return (
    <section aria-label={words.title} className="space-y-3 print:hidden">
      <h2 className="text-base font-semibold">{words.title}</h2>
      <p className="text-sm text-dim">{words.lead}</p>
      {open === 0 ? null : <p className="text-sm font-medium text-warn">{words.open(open)}</p>}
      {may("controller.probe") ? (
        <>
          <label className="block space-y-1">
            <span className="text-sm font-medium">{words.note}</span>
            <textarea
              rows={2}
              dir="auto"
              value={note}
              maxLength={Limits.reasonCharacters}
              onChange={({ target }) => setNote(target.value)}
              className="w-full resize-none rounded-md border border-edge bg-surface px-3 py-2 text-base"
            />
          </label>
          <Button
            kind="primary"
            className="h-12 w-full"
            disabled={sign.isPending || bays.length === 0}
            onClick={() => sign.mutate()}
          >
            {sign.isPending ? words.signing : words.button}
          </Button>
          <Button kind="quiet" className="w-full" onClick={walk.startOver}>
            {words.startOver}
          </Button>
        </>
      ) : (
        <p className="text-sm text-dim">{words.may}</p>
      )}
      {sign.error === null ? null : <ProblemNotice error={sign.error} />}
    </section>
  )
}

export const Reports = ({ branchId }: { readonly branchId: string }) => {
  const { report: words } = useInstallWords()
  const reports = useQuery(commissioningsQuery(branchId))
  return (
    <section aria-label={words.title} className="space-y-3">
      <h2 className="text-base font-semibold print:hidden">{words.title}</h2>
      {reports.error === null ? null : <ProblemNotice error={reports.error} onRetry={() => void reports.refetch()} />}
      {reports.data?.items.length === 0 ? <p className="text-sm text-dim">{words.none}</p> : null}
      {reports.data?.items.map((report) => (
        <Report key={report.id} report={report} />
      ))}
    </section>
  )
}

const Report = ({ report }: { readonly report: Commissioning }) => {
  const { report: words, walk } = useInstallWords()
  const timeText = useTimeText()
  const [isPrinted, setPrinted] = useState(false)
  const good = report.bays.filter(({ lock, sensors }) => lock === "good" && sensors === "good").length
  const print = (): void => {
    setPrinted(true)
    addEventListener("afterprint", () => setPrinted(false), { once: true })
    requestAnimationFrame(() => window.print())
  }
  return (
    <article
      aria-label={words.by(report.signed_by, timeText(Date.parse(report.signed_at)))}
      className={`space-y-2 rounded-lg border border-line bg-surface p-3 ${isPrinted ? "printed-alone" : ""}`}
    >
      <p className="text-sm font-medium" dir="auto">
        {words.by(report.signed_by, timeText(Date.parse(report.signed_at)))}
      </p>
      <p className="text-sm">{words.sum(good, report.bays.length)}</p>
      {report.note === null ? null : (
        <p className="text-sm text-dim" dir="auto">
          {report.note}
        </p>
      )}
      <Button className="h-11 w-full print:hidden" onClick={print}>
        {words.print}
      </Button>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-start text-xs text-dim">
            <th scope="col" className="py-1 text-start font-medium">
              {words.bay}
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              {walk.sensors}
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              {walk.lock}
            </th>
          </tr>
        </thead>
        <tbody>
          {report.bays.map((bay) => (
            <tr key={bay.bay_id} className="border-t border-line">
              <th scope="row" className="py-1 text-start font-medium">
                <bdi dir="ltr">{bay.label}</bdi>
              </th>
              <td className="py-1">
                <FindingChip finding={bay.sensors} />
              </td>
              <td className="py-1">
                <FindingChip finding={bay.lock} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  )
}
