/**
 * Signing in: a password, then the second factor of who has one. What comes of it is an access token of ten minutes and a
 * refresh token that gives the next pair, once.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { HeldGrant } from "../access/HeldGrant.ts"
import { UserId } from "../domain/Ids.ts"
import { Email, Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import {
  AlreadyDone,
  InvitationOver,
  SecondFactorRefused,
  SessionOver,
  SignInFailed,
  TooManyRequests,
} from "./Problems.ts"

export const SignIn = Schema.Struct({
  email: Email,
  password: Text.check(Schema.isBetweenLength(1, 200)),
})

export const SignedIn = Schema.Struct({
  access_token: Schema.String,
  token_type: Schema.Literal("Bearer"),
  /** Seconds, of the access token and of the refresh token. */
  expires_in: Schema.Int,
  refresh_token: Schema.String,
  refresh_expires_in: Schema.Int,
  user: Schema.Struct({ id: UserId, email: Schema.String, name: Schema.String, grants: Schema.Array(HeldGrant) }),
})
export type SignedIn = typeof SignedIn.Type

/** The password was right; the second factor is asked for. */
export const SecondFactorAsked = Schema.Struct({
  mfa_required: Schema.Literal(true),
  ticket: Schema.String,
  expires_in: Schema.Int,
})

/** A password that somebody chooses. */
export const NewPassword = Text.check(Schema.isBetweenLength(Limits.passwordCharactersMin, 200))
/** Six digits of the app, or a recovery code however it is written. */
const Code = Text.check(Schema.isBetweenLength(6, 20))
const OpaqueToken = Schema.String.check(Schema.isPattern(/^[\w-]{43}$/u))
const Done = Schema.Struct({ done: Schema.Boolean })

export class StaffGroup extends HttpApiGroup.make("staff")
  .add(
    HttpApiEndpoint.post("login", "/staff/login", {
      payload: SignIn,
      success: Schema.Union([SignedIn, SecondFactorAsked]),
      error: [SignInFailed, TooManyRequests],
    }).annotate(
      OpenApi.Description,
      "Answers with tokens, or for somebody with a second factor with a ticket for `/staff/mfa`.",
    ),
    HttpApiEndpoint.post("mfa", "/staff/mfa", {
      payload: Schema.Struct({ ticket: Text.check(Schema.isMaxLength(Limits.tokenCharacters)), code: Code }),
      success: SignedIn,
      error: [SessionOver, SecondFactorRefused, TooManyRequests],
    }).annotate(OpenApi.Description, "Takes a code of the authenticator app, or a recovery code, once."),
    HttpApiEndpoint.post("refresh", "/staff/refresh", {
      payload: Schema.Struct({ refresh_token: OpaqueToken }),
      success: SignedIn,
      error: SessionOver,
    }).annotate(
      OpenApi.Description,
      "Gives a new pair of tokens. A refresh token is taken once: one that comes again later ends its session.",
    ),
    HttpApiEndpoint.post("logout", "/staff/logout", {
      payload: Schema.Struct({ refresh_token: OpaqueToken }),
      success: Done,
    }).annotate(
      OpenApi.Description,
      "Ends the session of the token, with every token of it. Says `done` for any token.",
    ),
    HttpApiEndpoint.post("acceptInvitation", "/staff/invitations/accept", {
      payload: Schema.Struct({ token: OpaqueToken, password: NewPassword }),
      success: Done,
      error: [InvitationOver, TooManyRequests],
    }).annotate(
      OpenApi.Description,
      "Sets the password of somebody who was invited, once. Every session of that person ends.",
    ),
  )
  .annotateMerge(OpenApi.annotations({ title: "Staff", description: "Signing in." })) {}

/** Who is signed in, and how well guarded. */
export const Profile = Schema.Struct({
  ...SignedIn.fields.user.fields,
  second_factor: Schema.Boolean,
  recovery_codes_left: Schema.Int,
})
export type Profile = typeof Profile.Type

const code = Schema.Struct({ code: Code })

export class ProfileGroup extends HttpApiGroup.make("profile")
  .add(
    HttpApiEndpoint.get("get", "/staff/me", { success: Profile }).annotateMerge(needs()),
    HttpApiEndpoint.post("password", "/staff/me/password", {
      payload: Schema.Struct({ password: SignIn.fields.password, new_password: NewPassword }),
      success: Done,
      error: [SignInFailed, TooManyRequests],
    })
      .annotate(OpenApi.Description, "Sets another password. Every other session of the person ends.")
      .annotateMerge(needs()),
    HttpApiEndpoint.post("beginSecondFactor", "/staff/me/second-factor", {
      success: Schema.Struct({ secret: Schema.String, otpauth_url: Schema.String }),
      error: AlreadyDone,
    })
      .annotate(
        OpenApi.Description,
        "Makes a secret for an authenticator app. It counts once a code of it is confirmed.",
      )
      .annotateMerge(needs()),
    HttpApiEndpoint.post("confirmSecondFactor", "/staff/me/second-factor/confirm", {
      payload: code,
      success: Schema.Struct({ recovery_codes: Schema.Array(Schema.String) }),
      error: SecondFactorRefused,
    })
      .annotate(OpenApi.Description, "Puts the second factor in force. The recovery codes are shown this once.")
      .annotateMerge(needs()),
    HttpApiEndpoint.post("removeSecondFactor", "/staff/me/second-factor/remove", {
      payload: code,
      success: Done,
      error: [SecondFactorRefused, TooManyRequests],
    })
      .annotate(OpenApi.Description, "Takes the second factor away, with a code of it.")
      .annotateMerge(needs()),
    HttpApiEndpoint.post("liveTicket", "/live/ticket", {
      success: Schema.Struct({ ticket: Schema.String, expires_in: Schema.Int }),
      error: TooManyRequests,
    })
      .annotate(
        OpenApi.Description,
        "A ticket for one connection to the WebSocket `/api/live`, which then lives as long as the session.",
      )
      .annotateMerge(needs()),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Profile", description: "Whoever is signed in, about himself." })) {}
