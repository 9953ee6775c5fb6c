/**
 * What the cloud speaks, described by itself and without signing in: a page to read and try its API, and the document of
 * what it says over MQTT. (The document of the API itself comes with its routes.)
 */
import { Effect, Layer } from "effect"
import { HttpMiddleware, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiSwagger } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { asyncApi } from "#core/wire/AsyncApi.ts"
import { Settings } from "../Settings.ts"
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

const AsyncApiHttp = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const { appVersion } = yield* Settings
    const document = HttpServerResponse.text(JSON.stringify(asyncApi(appVersion)), { contentType: "application/json" })
    yield* router.add("GET", "/api/asyncapi.json", document)
  }),
)

export const DocumentationHttp = Layer.mergeAll(HttpApiSwagger.layer(Api, { path }), Policy, AsyncApiHttp)
