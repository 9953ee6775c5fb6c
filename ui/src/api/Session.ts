/**
 * Who is signed in on this tab, and with what. The tokens live in the tab's session storage: they end with the tab and are
 * never sent by the browser on their own.
 */
import { createAtom } from "@xstate/store"
import { Result, Schema } from "effect"
import { SignedIn } from "#core/api/Staff.ts"

const key = "cartwise.session"

const Session = Schema.Struct({
  token: Schema.String,
  /** Until when the token is good, by this browser's clock, milliseconds UTC. */
  tokenUntil: Schema.Finite,
  refreshToken: Schema.String,
  user: SignedIn.fields.user,
  /** When this session began, by this browser's clock: the same however often its tokens change. */
  since: Schema.Finite,
})
export type Session = typeof Session.Type

const SessionText = Schema.fromJsonString(Session)

const stored = (): Session | undefined => {
  const text = globalThis.sessionStorage?.getItem(key) ?? null
  return text === null ? undefined : Result.getOrUndefined(Schema.decodeUnknownResult(SessionText)(text))
}

export const sessionAtom = createAtom<Session | undefined>(stored())

const keep = (session: Session): void => {
  sessionStorage.setItem(key, JSON.stringify(session))
  sessionAtom.set(session)
}

const sessionOf = ({ access_token, expires_in, refresh_token, user }: SignedIn, since: number): Session => ({
  token: access_token,
  tokenUntil: Date.now() + expires_in * 1_000,
  refreshToken: refresh_token,
  user,
  since,
})

/** Begins a session with what the API answered to a sign-in. */
export const beginSession = (signedIn: SignedIn): void => keep(sessionOf(signedIn, Date.now()))

/** Goes on with new tokens, if that session is still the one. */
export const continueSession = (before: Session, signedIn: SignedIn): void => {
  if (sessionAtom.get()?.since === before.since) keep(sessionOf(signedIn, before.since))
}

/** The person may do something else by now. */
export const renewUser = (user: Session["user"]): void => {
  const session = sessionAtom.get()
  if (session !== undefined && JSON.stringify(session.user) !== JSON.stringify(user)) keep({ ...session, user })
}

/** Forgets the tokens. */
export const endSession = (): void => {
  sessionStorage.removeItem(key)
  sessionAtom.set(undefined)
}
