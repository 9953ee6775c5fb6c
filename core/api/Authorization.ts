/**
 * The bearer token of a signed-in person, and who that is. Every route but sign-in and health asks for it, and for what the
 * route itself needs (`Needs.ts`).
 */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { Holder } from "../access/HeldGrant.ts"
import type { SessionId, UserId } from "../domain/Ids.ts"
import { Forbidden, TooManyRequests, Unauthorized } from "./Problems.ts"

/** Who asks: taken from the token by the middleware, never from the request. */
export interface Person extends Holder {
  readonly userId: UserId
  readonly email: string
  readonly name: string
  /** The session he asks from; left out for a token of none. */
  readonly sessionId?: SessionId | undefined
}

export class CurrentPerson extends Context.Service<CurrentPerson, Person>()("cartwise/core/api/CurrentPerson") {}

export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentPerson }>()(
  "cartwise/core/api/Authorization",
  {
    requiredForClient: true,
    security: { bearer: HttpApiSecurity.bearer },
    error: [Unauthorized, Forbidden, TooManyRequests],
  },
) {}
