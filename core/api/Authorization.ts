/**
 * The bearer token of a signed-in person, and who that is. Every route but sign-in and health asks for it.
 */
import { Context, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { UserId } from "../domain/Ids.ts"
import { Unauthorized } from "./Problems.ts"

export const StaffRole = Schema.Literals(["platform_admin", "chain_admin", "branch_manager", "attendant", "viewer"])
export type StaffRole = typeof StaffRole.Type

/** Who asks: taken from the token by the middleware, never from the request. */
export interface Person {
  readonly userId: UserId
  readonly email: string
  readonly name: string
  readonly role: StaffRole
}

export class CurrentPerson extends Context.Service<CurrentPerson, Person>()("cartwise/core/api/CurrentPerson") {}

export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentPerson }>()(
  "cartwise/core/api/Authorization",
  { requiredForClient: true, security: { bearer: HttpApiSecurity.bearer }, error: Unauthorized },
) {}
