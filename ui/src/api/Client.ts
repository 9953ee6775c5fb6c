/**
 * The typed client of the API, made from the contract itself: a route that changes there does not compile here. Every
 * call gives a promise that fails with a `Problem`, the one kind of failure the page knows how to show.
 *
 * Tokens are renewed on the way, a moment before they run out and once for all calls that wait.
 */
import { Effect, Exit, Layer } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Authorization } from "#core/api/Authorization.ts"
import { problemOf } from "./Problem.ts"
import { continueSession, endSession, type Session, sessionAtom } from "./Session.ts"

export type Client = HttpApiClient.ForApi<typeof Api>

/** A token that has less left than this is renewed first. */
const spareMs = 30_000

const bearer = HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
  Effect.flatMap(
    Effect.promise(() => goodToken()),
    (token) => next(token === undefined ? request : HttpClientRequest.bearerToken(request, token)),
  ),
)

const client = Effect.runSync(HttpApiClient.make(Api).pipe(Effect.provide(Layer.merge(FetchHttpClient.layer, bearer))))

let renewing: Promise<void> | undefined

/** Gets new tokens; a session that is over ends here too, and a server that is away changes nothing. */
const renew = async (session: Session): Promise<void> => {
  const exit = await Effect.runPromiseExit(client.staff.refresh({ payload: { refresh_token: session.refreshToken } }))
  if (Exit.isSuccess(exit)) return continueSession(session, exit.value)
  const isOver = problemOf(exit.cause).code === "session_over"
  if (isOver && sessionAtom.get()?.refreshToken === session.refreshToken) endSession()
}

const goodToken = async (): Promise<string | undefined> => {
  const session = sessionAtom.get()
  if (session === undefined || session.tokenUntil - Date.now() > spareMs) return session?.token
  renewing ??= renew(session).finally(() => (renewing = undefined))
  await renewing
  return sessionAtom.get()?.token
}

/**
 * Calls the API. Fails with a `Problem`; one that says the token is no longer good ends the session, and the page goes
 * to the sign-in by itself.
 */
export const call = async <A, E>(use: (client: Client) => Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> => {
  const exit = await Effect.runPromiseExit(use(client), signal === undefined ? {} : { signal })
  if (Exit.isSuccess(exit)) return exit.value
  const problem = problemOf(exit.cause)
  if (problem.code === "unauthorized") endSession()
  throw problem
}

/** Signs out: here at once, and at the server as soon as it hears of it. */
export const signOut = (): void => {
  const session = sessionAtom.get()
  endSession()
  if (session === undefined) return
  Effect.runFork(Effect.ignore(client.staff.logout({ payload: { refresh_token: session.refreshToken } })))
}

/** Follows the pages of a list to its end. */
export const everyPage = async <Item, E>(
  page: (
    client: Client,
    cursor: { readonly cursor?: string },
  ) => Effect.Effect<{ readonly items: ReadonlyArray<Item>; readonly next: string | null }, E>,
  signal?: AbortSignal,
): Promise<ReadonlyArray<Item>> => {
  const items: Array<Item> = []
  let next: string | null = null
  do {
    const cursor: { readonly cursor?: string } = next === null ? {} : { cursor: next }
    const answer: { readonly items: ReadonlyArray<Item>; readonly next: string | null } = await call(
      (client) => page(client, cursor),
      signal,
    )
    items.push(...answer.items)
    next = answer.next
  } while (next !== null)
  return items
}
