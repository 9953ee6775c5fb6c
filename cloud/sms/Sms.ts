/**
 * Sending a text message, as a port. A provider takes one message and says what became of it; everything else (limits,
 * budget, another provider when one is down) is put around it by decorators of the same shape.
 *
 * A time-out is no failure to send: nobody knows. It is never tried again with the same code; a new code is made instead.
 */
import { Context, type Effect, Schema } from "effect"
import type { Phone } from "#core/domain/Phone.ts"

/** What a message is for: it decides its limits and whether it may be sent at night. */
export type SmsPurpose = "otp" | "reminder" | "receipt" | "correction"

export interface Outgoing {
  /** The same message asked for twice has the same key. */
  readonly key: string
  readonly to: Phone
  readonly text: string
  readonly purpose: SmsPurpose
  /** The chain in whose name it is sent, and who pays. */
  readonly chainId: string
  /** How long it is of use, milliseconds. */
  readonly ttlMs: number
}

export interface Sent {
  readonly provider: string
  /** The provider's own name for it; null if it gave none. */
  readonly providerId: string | null
  readonly segments: number
}

/** Why a message was not sent; `unknown` when it perhaps was. */
export const SmsReason = Schema.Literals([
  "invalid_number",
  "blocked",
  "throttled",
  "no_credit",
  "auth_failed",
  "sender_not_approved",
  "rejected",
  "transient",
  "unknown",
  "budget_spent",
  "provider_down",
])
export type SmsReason = typeof SmsReason.Type

export class SmsError extends Schema.TaggedError<SmsError>()("SmsError", {
  provider: Schema.String,
  reason: SmsReason,
  /** The provider's words, for whoever runs the system; holds no number and no text of the message. */
  message: Schema.String,
}) {}

/** True if the message certainly was not sent and another provider, or the same one later, may be asked. */
export const mayGoElsewhere = ({ reason }: SmsError): boolean =>
  reason === "transient" || reason === "auth_failed" || reason === "no_credit" || reason === "provider_down"

export interface SmsProvider {
  readonly name: string
  readonly send: (message: Outgoing) => Effect.Effect<Sent, SmsError>
}

/** The provider that the program uses, with everything around it. */
export class Sms extends Context.Service<Sms, SmsProvider>()("cartwise/cloud/sms/Sms") {}
