/**
 * The demo as a user of the public API: signed in like any person, through the typed client of the contract. It has no
 * other way into the cloud.
 */
import { Effect, Layer, Ref } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Authorization } from "#core/api/Authorization.ts"
import { DemoError } from "./DemoError.ts"

/** Signs in at `url`; gives the client and a way to renew its token. Fails as the sign-in fails. */
export const makeDemoClient = Effect.fnUntraced(function* (url: string, email: string, password: string) {
  const token = yield* Ref.make("")
  const withToken = HttpApiMiddleware.layerClient(
    Authorization,
    Effect.succeed(({ next, request }) =>
      Effect.flatMap(Ref.get(token), (token) => next(HttpClientRequest.bearerToken(request, token))),
    ),
  )
  const client = yield* HttpApiClient.make(Api, { baseUrl: url }).pipe(
    Effect.provide(Layer.mergeAll(withToken, FetchHttpClient.layer)),
  )
  const signIn = client.staff
    .login({ payload: { email, password } })
    .pipe(
      Effect.flatMap((answer) =>
        "access_token" in answer
          ? Ref.set(token, answer.access_token)
          : Effect.fail(new DemoError({ message: "The demo's sign-in has a second factor, so nobody walks about." })),
      ),
    )
  yield* signIn
  return { ...client, signIn }
})
export type DemoClient = Effect.Success<ReturnType<typeof makeDemoClient>>
