/** Claims for new devices, and the devices that have joined. */
import { useMutation } from "@tanstack/react-query"
import type { Device } from "#core/api/Records.ts"
import { DeviceChips } from "../bays/DeviceChips.tsx"
import { Button } from "../lib/Button.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { QrCode } from "../staff/QrCode.tsx"
import { useMay } from "../staff/useMay.ts"
import { newClaim } from "./InstallQueries.ts"
import { useInstallWords } from "./words/useInstallWords.ts"

interface Props {
  readonly branchId: string
  readonly devices: ReadonlyArray<Device>
}

export const DeviceStep = ({ branchId, devices }: Props) => {
  const { device: words } = useInstallWords()
  const timeText = useTimeText()
  const may = useMay(branchId)
  const claim = useMutation({ mutationFn: () => newClaim(branchId) })
  const code = claim.data?.claim_code ?? null
  return (
    <section aria-label={words.title} className="space-y-3">
      <h2 className="text-base font-semibold">{words.title}</h2>
      <ul className="space-y-2">
        {devices.map((device) => (
          <li
            key={device.id}
            className="flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface p-3"
          >
            <span className="font-medium" dir="auto">
              {device.device_name}
            </span>
            <DeviceChips device={device} />
          </li>
        ))}
      </ul>
      {devices.length === 0 ? <p className="text-sm text-dim">{words.none}</p> : null}
      {may("device.enrol") ? (
        <>
          <p className="text-sm text-dim">{words.lead}</p>
          <Button className="h-12 w-full" disabled={claim.isPending} onClick={() => claim.mutate()}>
            {claim.isPending ? words.claiming : words.claim}
          </Button>
        </>
      ) : null}
      {claim.error === null ? null : <ProblemNotice error={claim.error} />}
      {code === null || claim.data === undefined ? null : (
        <div role="status" className="flex flex-col items-center gap-2 rounded-lg border border-line bg-surface p-4">
          <QrCode text={code} label={words.qr} />
          <bdi dir="ltr" className="font-mono text-base font-semibold break-all">
            {code}
          </bdi>
          <p className="text-sm text-dim">{words.until(timeText(Date.parse(claim.data.expires_at)))}</p>
        </div>
      )}
    </section>
  )
}
