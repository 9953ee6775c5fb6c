/** The second step of signing in: a code of the authenticator app, or a recovery code. */
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { call } from "../api/Client.ts"
import { beginSession } from "../api/Session.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

interface Props {
  readonly ticket: string
  readonly onBack: () => void
}

export const SecondFactorForm = ({ ticket, onBack }: Props) => {
  const { secondStep: words } = useWords().staff
  const [code, setCode] = useState("")
  const proof = useMutation({
    mutationFn: () => call(({ staff }) => staff.mfa({ payload: { ticket, code: code.trim() } })),
    onSuccess: beginSession,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    proof.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <div>
        <h1 className="text-lg font-semibold">{words.title}</h1>
        <p className="text-sm text-dim">{words.lead}</p>
      </div>
      <Field
        label={words.code}
        hint={words.hint}
        value={code}
        onChange={setCode}
        name="code"
        autoComplete="one-time-code"
        maxLength={20}
        required
        autoFocus
      />
      {proof.error === null ? null : <ProblemNotice error={proof.error} />}
      <Button type="submit" kind="primary" className="w-full" disabled={proof.isPending || code.trim().length < 6}>
        {words.button}
      </Button>
      <Button className="w-full" onClick={onBack}>
        {words.signIn}
      </Button>
    </form>
  )
}
