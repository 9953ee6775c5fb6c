/**
 * The typed client of the API, made from the contract itself: a route that changes there does not compile here. Every
 * call gives a promise that fails with a `Problem`, the one kind of failure the page knows how to show.
 */
import { Effect, Exit, Layer } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Authorization } from "#core/api/Authorization.ts"
import { problemOf } from "./Problem.ts"
import { endSession, sessionAtom } from "./Session.ts"

export type Client = HttpApiClient.ForApi<typeof Api>

const bearer = HttpApiMiddleware.layerClient(Authorization, ({ next, request }) => {
  const token = sessionAtom.get()?.token
  return next(token === undefined ? request : HttpClientRequest.bearerToken(request, token))
})

const client = Effect.runSync(HttpApiClient.make(Api).pipe(Effect.provide(Layer.merge(FetchHttpClient.layer, bearer))))

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
