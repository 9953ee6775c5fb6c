/** The page of an invitation: somebody who was invited chooses a password. The token is in the address after `#`. */
import { useMutation } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { Limits } from "#core/Limits.ts"
import { call } from "../api/Client.ts"
import { Logo } from "../frame/Logo.tsx"
import { PreferencesMenu } from "../frame/PreferencesMenu.tsx"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

export const InvitationPage = () => {
  const { invitation: words } = useWords().staff
  const token = location.hash.slice(1)
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr_auto] bg-canvas">
      <title>{pageTitle(words.title)}</title>
      <div className="flex justify-end p-2">
        <PreferencesMenu />
      </div>
      <main className="grid place-items-center p-4">
        <div className="w-full max-w-sm space-y-4 rounded-xl border border-line bg-surface p-6 shadow-float sm:p-8">
          <Logo />
          <h1 className="text-lg font-semibold">{words.title}</h1>
          {/^[\w-]{43}$/u.test(token) ? <PasswordChoice token={token} /> : <p className="text-sm">{words.noToken}</p>}
        </div>
      </main>
      <div className="h-12" />
    </div>
  )
}

const PasswordChoice = ({ token }: { readonly token: string }) => {
  const { invitation: words } = useWords().staff
  const [password, setPassword] = useState("")
  const [again, setAgain] = useState("")
  const set = useMutation({
    mutationFn: () => call(({ staff }) => staff.acceptInvitation({ payload: { token, password } })),
  })
  const isComplete = password.length >= Limits.passwordCharactersMin && password === again
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isComplete && !set.isPending) set.mutate()
  }
  if (set.isSuccess) {
    return (
      <div role="status" className="space-y-3 text-sm">
        <p>{words.done}</p>
        <Link to="/sign-in" className="text-accent underline underline-offset-2">
          {words.toSignIn}
        </Link>
      </div>
    )
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <p className="text-sm text-dim">{words.lead}</p>
      <Field
        label={words.password}
        hint={words.atLeast(Limits.passwordCharactersMin)}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="new-password"
        autoFocus
      />
      <Field
        label={words.again}
        {...(again !== "" && again !== password ? { hint: words.different } : {})}
        value={again}
        onChange={setAgain}
        type="password"
        autoComplete="new-password"
      />
      {set.error === null ? null : <ProblemNotice error={set.error} />}
      <Button type="submit" kind="primary" className="w-full" disabled={!isComplete || set.isPending}>
        {words.button}
      </Button>
    </form>
  )
}
