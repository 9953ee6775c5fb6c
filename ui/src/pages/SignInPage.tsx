/**
 * Signing in: e-mail and password, then a code of who has a second factor. The route then leads back to where one was.
 */
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { call } from "../api/Client.ts"
import { beginSession } from "../api/Session.ts"
import { Logo } from "../frame/Logo.tsx"
import { PreferencesMenu } from "../frame/PreferencesMenu.tsx"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"
import { SecondFactorForm } from "../staff/SecondFactorForm.tsx"

export const SignInPage = () => {
  const { signIn } = useWords()
  const [ticket, setTicket] = useState<string>()
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr_auto] bg-canvas">
      <title>{pageTitle(signIn.title)}</title>
      <div className="flex justify-end p-2">
        <PreferencesMenu />
      </div>
      <main className="grid place-items-center p-4">
        <div className="w-full max-w-sm space-y-4 rounded-xl border border-line bg-surface p-6 shadow-float sm:p-8">
          <Logo />
          {ticket === undefined ? (
            <PasswordForm onTicket={setTicket} />
          ) : (
            <SecondFactorForm ticket={ticket} onBack={() => setTicket(undefined)} />
          )}
        </div>
      </main>
      <p className="grid h-12 place-items-center text-sm">
        <a href="/demo" className="text-accent underline underline-offset-2">
          {signIn.toDemo}
        </a>
      </p>
    </div>
  )
}

const PasswordForm = ({ onTicket }: { readonly onTicket: (ticket: string) => void }) => {
  const { signIn } = useWords()
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const login = useMutation({
    mutationFn: () => call(({ staff }) => staff.login({ payload: { email: email.trim(), password } })),
    onSuccess: (answer) => ("ticket" in answer ? onTicket(answer.ticket) : beginSession(answer)),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    login.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <div>
        <h1 className="text-lg font-semibold">{signIn.title}</h1>
        <p className="text-sm text-dim">{signIn.lead}</p>
      </div>
      <Field
        label={signIn.email}
        value={email}
        onChange={setEmail}
        type="email"
        name="email"
        autoComplete="username"
        required
        autoFocus
      />
      <Field
        label={signIn.password}
        value={password}
        onChange={setPassword}
        type="password"
        name="password"
        autoComplete="current-password"
        required
      />
      {login.error === null ? null : <ProblemNotice error={login.error} />}
      <Button type="submit" kind="primary" className="w-full" disabled={login.isPending}>
        {login.isPending ? signIn.busy : signIn.button}
      </Button>
    </form>
  )
}
