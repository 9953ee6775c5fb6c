/** The API described by itself: the document of its contract, and a page to read and try it, both without signing in. */
import { Effect, Layer } from "effect"
import { HttpMiddleware, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiSwagger } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { policyForDocument } from "./SecurityHeaders.ts"

const path = "/api/docs"
let policy: string | undefined

/** The page's own scripts are allowed by their hashes, computed once: the page never changes while we run. */
const allowed = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  if (response.body._tag !== "Uint8Array") return response
  policy ??= policyForDocument(new TextDecoder().decode(response.body.body))
  return HttpServerResponse.setHeader(response, "content-security-policy", policy)
}

const Policy = HttpRouter.middleware(
  HttpMiddleware.make((app) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const response = yield* app
      return request.url === path ? allowed(response) : response
    }),
  ),
  { global: true },
)

export const DocumentationHttp = Layer.merge(HttpApiSwagger.layer(Api, { path }), Policy)
