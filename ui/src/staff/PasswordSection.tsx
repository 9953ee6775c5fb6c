/** One's own password, set anew. */
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { Limits } from "#core/Limits.ts"
import { call } from "../api/Client.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

export const PasswordSection = () => {
  const { profile: words, invitation } = useWords().staff
  const [current, setCurrent] = useState("")
  const [next, setNext] = useState("")
  const set = useMutation({
    mutationFn: () => call(({ profile }) => profile.password({ payload: { password: current, new_password: next } })),
    onSuccess: () => {
      setCurrent("")
      setNext("")
    },
  })
  const isComplete = current !== "" && next.length >= Limits.passwordCharactersMin
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isComplete && !set.isPending) set.mutate()
  }
  return (
    <section aria-labelledby="password" className="space-y-3 rounded-lg border border-line bg-surface p-4">
      <div>
        <h2 id="password" className="font-semibold">
          {words.password}
        </h2>
        <p className="text-sm text-dim">{words.passwordLead}</p>
      </div>
      <form onSubmit={submit} className="max-w-sm space-y-3">
        <Field
          label={words.current}
          value={current}
          onChange={setCurrent}
          type="password"
          autoComplete="current-password"
        />
        <Field
          label={invitation.password}
          hint={invitation.atLeast(Limits.passwordCharactersMin)}
          value={next}
          onChange={setNext}
          type="password"
          autoComplete="new-password"
        />
        {set.error === null ? null : <ProblemNotice error={set.error} />}
        {set.isSuccess ? (
          <p role="status" className="text-sm text-good">
            {words.passwordSet}
          </p>
        ) : null}
        <Button type="submit" disabled={!isComplete || set.isPending}>
          {invitation.button}
        </Button>
      </form>
    </section>
  )
}
