/** One's own second factor: set up with an app, its recovery codes, and the way to take it away. */
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import type { Profile } from "#core/api/Staff.ts"
import { call } from "../api/Client.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"
import { QrCode } from "./QrCode.tsx"

export const SecondFactorSection = ({ profile }: { readonly profile: Profile }) => {
  const { profile: words } = useWords().staff
  const [codes, setCodes] = useState<ReadonlyArray<string>>()
  const isSet = profile.second_factor
  return (
    <section aria-labelledby="second-factor" className="space-y-3 rounded-lg border border-line bg-surface p-4">
      <div>
        <h2 id="second-factor" className="font-semibold">
          {words.secondFactor}
        </h2>
        <p className="text-sm text-dim">{isSet ? words.isSet : words.isNotSet}</p>
        {isSet ? <p className="text-sm text-dim">{words.codesLeft(profile.recovery_codes_left)}</p> : null}
      </div>
      {codes === undefined ? null : <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />}
      {isSet ? <Removal /> : <Enrolment onCodes={setCodes} />}
    </section>
  )
}

const Enrolment = ({ onCodes }: { readonly onCodes: (codes: ReadonlyArray<string>) => void }) => {
  const { profile: words, secondStep } = useWords().staff
  const client = useQueryClient()
  const [code, setCode] = useState("")
  const begun = useMutation({ mutationFn: () => call(({ profile }) => profile.beginSecondFactor()) })
  const confirmed = useMutation({
    mutationFn: () => call(({ profile }) => profile.confirmSecondFactor({ payload: { code: code.trim() } })),
    onSuccess: async ({ recovery_codes }) => {
      onCodes(recovery_codes)
      await client.invalidateQueries({ queryKey: ["profile"] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!confirmed.isPending) confirmed.mutate()
  }
  if (begun.data === undefined) {
    return (
      <div className="space-y-3">
        {begun.error === null ? null : <ProblemNotice error={begun.error} />}
        <Button kind="primary" disabled={begun.isPending} onClick={() => begun.mutate()}>
          {words.begin}
        </Button>
      </div>
    )
  }
  return (
    <form onSubmit={submit} className="space-y-3">
      <p className="max-w-prose text-sm">{words.scan}</p>
      <QrCode text={begun.data.otpauth_url} label={words.picture} />
      <p className="text-sm">
        {words.byHand}{" "}
        <bdi dir="ltr" className="font-mono break-all">
          {begun.data.secret.replaceAll(/(.{4})(?=.)/gu, "$1 ")}
        </bdi>
      </p>
      <div className="max-w-40">
        <Field
          label={secondStep.code}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
        />
      </div>
      {confirmed.error === null ? null : <ProblemNotice error={confirmed.error} />}
      <Button type="submit" kind="primary" disabled={!/^\d{6}$/u.test(code) || confirmed.isPending}>
        {words.confirm}
      </Button>
    </form>
  )
}

interface RecoveryProps {
  readonly codes: ReadonlyArray<string>
  readonly onKept: () => void
}

const RecoveryCodes = ({ codes, onKept }: RecoveryProps) => {
  const { profile: words } = useWords().staff
  return (
    <div role="status" className="space-y-3 rounded-md bg-warn-soft p-3 text-sm">
      <div>
        <p className="font-medium">{words.recovery}</p>
        <p>{words.recoveryLead}</p>
      </div>
      <ul dir="ltr" className="grid max-w-sm grid-cols-2 gap-x-6 gap-y-1 font-mono">
        {codes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Button size="small" onClick={onKept}>
        {words.kept}
      </Button>
    </div>
  )
}

const Removal = () => {
  const { profile: words, secondStep } = useWords().staff
  const client = useQueryClient()
  const [code, setCode] = useState("")
  const submit = async (): Promise<void> => {
    await call(({ profile }) => profile.removeSecondFactor({ payload: { code: code.trim() } }))
    await client.invalidateQueries({ queryKey: ["profile"] })
  }
  return (
    <FormDialog
      trigger={<Button size="small">{words.remove}</Button>}
      title={words.remove}
      lead={words.removeLead}
      isComplete={code.trim().length >= 6}
      submit={submit}
      onClosed={() => setCode("")}
    >
      <Field label={secondStep.code} value={code} onChange={setCode} autoComplete="one-time-code" maxLength={20} />
    </FormDialog>
  )
}
