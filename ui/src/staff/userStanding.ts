/** How somebody stands: whether one may sign in, and has ever been able to. */
import type { User } from "#core/api/Users.ts"
import type { Look } from "../words/StateLook.ts"

export type Standing = "active" | "invited" | "barred"

export const standingOf = ({ active, has_password }: Pick<User, "active" | "has_password">): Standing =>
  active ? (has_password ? "active" : "invited") : "barred"

export const standingLook: Readonly<Record<Standing, Look>> = {
  active: { tone: "good", picture: "fine" },
  invited: { tone: "busy", picture: "waiting" },
  barred: { tone: "bad", picture: "stopped" },
}
