/**
 * Serves the built user interface: files by their name, and the page that an address belongs to for every other, because
 * the routes live in the browser. Files with a hash in their name never change; a page is asked for every time.
 */
import { Effect, FileSystem, Path } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse, HttpStaticServer, ProblemDetails } from "effect/http"
import { join } from "node:path"

const root = join(import.meta.dirname, "../../ui/dist")

const notOurs = ProblemDetails.toResponse({
  type: "urn:cartwise:problem:not_found",
  status: 404,
  title: "There is nothing at this address.",
})

const notBuilt = HttpServerResponse.text(
  "The user interface is not built. Run `npm run build`. The API is at /api/docs.\n",
  { status: 404 },
)

const cached = (request: HttpServerRequest.HttpServerRequest, response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeader(
    response,
    "cache-control",
    request.url.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  )

/** Addresses that are not the dashboard's, and their page. */
const otherPages: ReadonlyArray<readonly [address: RegExp, file: string]> = [
  [/^\/[sk]\//u, "shopper.html"],
  [/^\/demo\/?(?:\?|$)/u, "demo.html"],
]

export const UserInterfaceHttp = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const isBuilt = Effect.orElseSucceed(files.exists(path.join(root, "index.html")), () => false)
    const serve = yield* HttpStaticServer.make({ root, spa: true })
    yield* router.add(
      "GET",
      "/*",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (/^\/(?:api|health)(?:\/|$)/u.test(request.url)) return notOurs
        if (!(yield* isBuilt)) return notBuilt
        const other = otherPages.find(([address]) => address.test(request.url))?.[1]
        if (other === undefined) return cached(request, yield* serve)
        return cached(request, yield* HttpServerResponse.file(path.join(root, other)))
      }),
    )
  }),
)
