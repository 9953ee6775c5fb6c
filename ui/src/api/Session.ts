/**
 * Who is signed in on this tab. The token lives in the tab's session storage: it ends with the tab and is never sent
 * by the browser on its own.
 */
import { createAtom } from "@xstate/store"
import { Result, Schema } from "effect"
import { SignedIn } from "#core/api/Api.ts"

const key = "cartwise.session"

const Session = Schema.Struct({ token: Schema.String, user: SignedIn.fields.user })
export type Session = typeof Session.Type

const SessionText = Schema.fromJsonString(Session)

const stored = (): Session | undefined => {
  const text = globalThis.sessionStorage?.getItem(key) ?? null
  return text === null ? undefined : Result.getOrUndefined(Schema.decodeUnknownResult(SessionText)(text))
}

export const sessionAtom = createAtom<Session | undefined>(stored())

/** Begins a session with what the API answered to a sign-in. */
export const beginSession = ({ access_token, user }: typeof SignedIn.Type): void => {
  const session = { token: access_token, user }
  sessionStorage.setItem(key, JSON.stringify(session))
  sessionAtom.set(session)
}

/** Forgets the token. */
export const endSession = (): void => {
  sessionStorage.removeItem(key)
  sessionAtom.set(undefined)
}
