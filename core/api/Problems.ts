/**
 * Every error the API answers with, as problem+json (RFC 9457): a stable `type` and `code`-like tag, a status, a title
 * that says what happened and a `detail` that says what to do.
 */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { AlarmState } from "../domain/Alarm.ts"
import { CommandReason } from "../domain/Command.ts"
import { Instant } from "../domain/Instant.ts"
import { PhoneProblem } from "../domain/Phone.ts"

/** The URN prefix of our problem types: stable names, not addresses to fetch. */
const problem = <const Code extends string>(code: Code) => `urn:cartwise:problem:${code}` as const

export class SignInFailed extends HttpApiError.Problem<SignInFailed>()("SignInFailed", {
  type: problem("sign_in_failed"),
  status: 401,
  title: "The e-mail address or the password is wrong.",
}) {}

/** A token, ticket or session that continues nothing any more: sign in anew. */
export class SessionOver extends HttpApiError.Problem<SessionOver>()("SessionOver", {
  type: problem("session_over"),
  status: 401,
  title: "The session is over: sign in again.",
}) {}

export class SecondFactorRefused extends HttpApiError.Problem<SecondFactorRefused>()("SecondFactorRefused", {
  type: problem("second_factor_refused"),
  status: 401,
  title: "The code is wrong or was used before.",
}) {}

export class InvitationOver extends HttpApiError.Problem<InvitationOver>()("InvitationOver", {
  type: problem("invitation_over"),
  status: 401,
  title: "The invitation is no longer good: ask for another.",
}) {}

export class EmailTaken extends HttpApiError.Problem<EmailTaken>()("EmailTaken", {
  type: problem("email_taken"),
  status: 409,
  title: "Somebody signs in with this e-mail address already.",
}) {}

/** The role cannot be given, taken or kept so; `reason` says why. */
export class GrantRefused extends HttpApiError.Problem<GrantRefused>()(
  "GrantRefused",
  { type: problem("grant_refused"), status: 409, title: "The role cannot be given or taken so." },
  { reason: Schema.Literals(["last_admin", "no_such_place", "needs_end", "end_passed", "too_many"]) },
) {}

export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: problem("unauthorized"),
  status: 401,
  title: "Sign in first: the access token is missing, wrong or has run out.",
}) {}

export class Forbidden extends HttpApiError.Problem<Forbidden>()("Forbidden", {
  type: problem("forbidden"),
  status: 403,
  title: "Your role does not allow this.",
}) {}

export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: problem("not_found"),
  status: 404,
  title: "There is no such record, or it is not yours to see.",
}) {}

/** The target's machine or its device cannot take the command now; `reason` says why. */
export class CommandRefused extends HttpApiError.Problem<CommandRefused>()(
  "CommandRefused",
  { type: problem("command_refused"), status: 409, title: "The command cannot be carried out now." },
  { reason: CommandReason },
) {}

/** The same `Idempotency-Key` came with another request before. */
export class IdempotencyKeyReused extends HttpApiError.Problem<IdempotencyKeyReused>()("IdempotencyKeyReused", {
  type: problem("idempotency_key_reused"),
  status: 409,
  title: "This Idempotency-Key belongs to another request: use a new one.",
}) {}

/** Such a claim cannot be made; `reason` says why. */
export class ClaimRefused extends HttpApiError.Problem<ClaimRefused>()(
  "ClaimRefused",
  { type: problem("claim_refused"), status: 409, title: "This claim cannot be made." },
  { reason: Schema.Literals(["keyless_needs_mac", "too_many_open", "replaced_elsewhere", "archived"]) },
) {}

/** Somebody has done this before: the detail says who and when. */
export class AlreadyDone extends HttpApiError.Problem<AlreadyDone>()("AlreadyDone", {
  type: problem("already_done"),
  status: 409,
  title: "This was done before.",
}) {}

/** The alarm is closed, or its condition does not allow that: the detail says why. */
export class AlarmNotChanged extends HttpApiError.Problem<AlarmNotChanged>()(
  "AlarmNotChanged",
  { type: problem("alarm_not_changed"), status: 409, title: "The alarm does not allow this now." },
  { state: AlarmState },
) {}

/** Nobody tunes this rule: it is raised by the fact itself. */
export class AlarmRuleFixed extends HttpApiError.Problem<AlarmRuleFixed>()("AlarmRuleFixed", {
  type: problem("alarm_rule_fixed"),
  status: 409,
  title: "This rule stays as it is.",
}) {}

/** The hand at the simulated bay cannot do that now: the detail says why. */
export class SimulationRefused extends HttpApiError.Problem<SimulationRefused>()("SimulationRefused", {
  type: problem("simulation_refused"),
  status: 409,
  title: "The simulated bay does not allow this now.",
}) {}

/** A twin has not been in the state, or not at the instant, that was asked for. */
export class NoSuchMoment extends HttpApiError.Problem<NoSuchMoment>()(
  "NoSuchMoment",
  { type: problem("no_such_moment"), status: 404, title: "The twin has no such moment in its history." },
  { newest_revision: Schema.Int },
) {}

/** What was asked for was before states were kept whole: its lines are still there, its memory is not. */
export class HistoryNotKept extends HttpApiError.Problem<HistoryNotKept>()(
  "HistoryNotKept",
  { type: problem("history_not_kept"), status: 410, title: "The states of this twin are not kept for so long." },
  { first_revision: Schema.NullOr(Schema.Int), first_at: Schema.NullOr(Instant) },
) {}

export class TooManyRequests extends HttpApiError.Problem<TooManyRequests>()(
  "TooManyRequests",
  { type: problem("too_many_requests"), status: 429, title: "Too many requests: wait and try again." },
  { retry_after_s: Schema.Int },
) {}

/** The text is no number that codes are sent to; `reason` says why. */
export class PhoneRefused extends HttpApiError.Problem<PhoneRefused>()(
  "PhoneRefused",
  { type: problem("phone_refused"), status: 422, title: "This is not a mobile number that a code can be sent to." },
  { reason: PhoneProblem },
) {}

/** No rental can begin for this shopper now; `reason` says why. */
export class RentalRefused extends HttpApiError.Problem<RentalRefused>()(
  "RentalRefused",
  { type: problem("rental_refused"), status: 409, title: "No cart can be lent now." },
  { reason: Schema.Literals(["already_renting", "no_cart", "lending_off"]) },
) {}

/** The state the rental is in does not allow that. */
export class RentalNotChanged extends HttpApiError.Problem<RentalNotChanged>()(
  "RentalNotChanged",
  { type: problem("rental_not_changed"), status: 409, title: "The rental does not allow this now." },
  { state: Schema.String },
) {}

/** A cart cannot be taken back so; `reason` says why. */
export class ReturnRefused extends HttpApiError.Problem<ReturnRefused>()(
  "ReturnRefused",
  { type: problem("return_refused"), status: 409, title: "The cart cannot be taken back so." },
  { reason: Schema.Literals(["no_bay", "not_latched", "nobody_has_it", "nothing_to_claim", "judged_already"]) },
) {}

/** The code is not taken; `reason` says whether another try makes sense. */
export class CodeRefused extends HttpApiError.Problem<CodeRefused>()(
  "CodeRefused",
  { type: problem("code_refused"), status: 401, title: "The code is wrong or no longer good." },
  { reason: Schema.Literals(["wrong_code", "over"]), tries_left: Schema.Int },
) {}

/** Too many wrong codes came from elsewhere lately: a code is only sent to somebody who stands at the kiosk. */
export class PresenceRequired extends HttpApiError.Problem<PresenceRequired>()("PresenceRequired", {
  type: problem("presence_required"),
  status: 403,
  title: "Codes are sent only at the kiosk for now.",
}) {}

export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: problem("unavailable"),
  status: 503,
  title: "A part that this needs is not ready.",
}) {}
