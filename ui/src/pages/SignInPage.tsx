/**
 * Signing in: e-mail and password. The route then leads back to where one was.
 */
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { call } from "../api/Client.ts"
import { beginSession } from "../api/Session.ts"
import { Logo } from "../frame/Logo.tsx"
import { PreferencesMenu } from "../frame/PreferencesMenu.tsx"
import { Button } from "../lib/Button.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

const inputClasses =
  "h-10 w-full rounded-md border border-edge bg-surface px-3 text-base placeholder:text-dim focus-visible:outline-offset-0"

export const SignInPage = () => {
  const { signIn } = useWords()
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const login = useMutation({
    mutationFn: () => call(({ staff }) => staff.login({ payload: { email: email.trim(), password } })),
    onSuccess: beginSession,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    login.mutate()
  }
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr_auto] bg-canvas">
      <title>{pageTitle(signIn.title)}</title>
      <div className="flex justify-end p-2">
        <PreferencesMenu />
      </div>
      <main className="grid place-items-center p-4">
        <form
          onSubmit={submit}
          className="w-full max-w-sm space-y-4 rounded-xl border border-line bg-surface p-6 shadow-float sm:p-8"
        >
          <Logo />
          <div>
            <h1 className="text-lg font-semibold">{signIn.title}</h1>
            <p className="text-sm text-dim">{signIn.lead}</p>
          </div>
          <label className="block space-y-1">
            <span className="text-sm font-medium">{signIn.email}</span>
            <input
              className={inputClasses}
              dir="ltr"
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={({ target }) => setEmail(target.value)}
            />
          </label>
          <label className="block space-y-1">
            <span className="text-sm font-medium">{signIn.password}</span>
            <input
              className={inputClasses}
              dir="ltr"
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
          </label>
          {login.error === null ? null : <ProblemNotice error={login.error} />}
          <Button type="submit" kind="primary" className="w-full" disabled={login.isPending}>
            {login.isPending ? signIn.busy : signIn.button}
          </Button>
        </form>
      </main>
      <div className="h-12" />
    </div>
  )
}
