/**
 * What the shopper's page asks of the cloud. Small on purpose: plain requests, each answer read through the schema of the
 * contract. Every failure is a `Refusal`, the one kind the page knows words for.
 */
import { Data, Result, Schema } from "effect"
import {
  BranchNow,
  FakePhoneMessage,
  MyRental,
  MyRentalNow,
  OtpRequested,
  type ShopperHand,
  type ShopperLocale,
  type ShopperSeat,
  ShopperSignedIn,
} from "#core/api/ShopperRecords.ts"
import { Limits } from "#core/Limits.ts"

export class Refusal extends Data.TaggedError("Refusal")<{
  /** The last word of the problem's type; `unreachable` and `unreadable` are our own. */
  readonly code: string
  readonly reason?: string | undefined
  readonly triesLeft?: number | undefined
  readonly retryAfterMs?: number | undefined
}> {}

const Problem = Schema.Struct({
  type: Schema.String,
  reason: Schema.optional(Schema.String),
  tries_left: Schema.optional(Schema.Int),
  retry_after_s: Schema.optional(Schema.Finite),
})

const prefix = "urn:cartwise:problem:"

/** What a refused request means; an answer that is none of ours is as good as none. */
export const refusalOf = (body: unknown): Refusal => {
  const read = Schema.decodeUnknownResult(Problem)(body)
  if (Result.isFailure(read) || !read.success.type.startsWith(prefix)) return new Refusal({ code: "unavailable" })
  const { type, reason, tries_left, retry_after_s } = read.success
  return new Refusal({
    code: type.slice(prefix.length),
    reason,
    triesLeft: tries_left,
    retryAfterMs: retry_after_s === undefined ? undefined : retry_after_s * 1_000,
  })
}

interface Asking {
  readonly body?: object
  readonly token?: string
  readonly method?: "GET" | "POST"
}

const ask = async <A>(answer: Schema.Decoder<A>, path: string, { body, token, method }: Asking = {}): Promise<A> => {
  const response = await fetch(`/api${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    cache: "no-store",
    signal: AbortSignal.timeout(Limits.shopperAnswerMs),
  }).catch(() => Promise.reject(new Refusal({ code: "unreachable" })))
  const said: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw refusalOf(said)
  const read = Schema.decodeUnknownResult(answer)(said)
  if (Result.isFailure(read)) throw new Refusal({ code: "unreadable" })
  return read.success
}

const Begun = Schema.Struct({ rental: MyRental })
const Done = Schema.Struct({ done: Schema.String })

export const branchNow = (branch: string) => ask(BranchNow, `/branches/${branch}/public-status`)

export const requestCode = (asked: {
  readonly phone: string
  readonly branch_id: string
  readonly locale: ShopperLocale
  readonly seat: ShopperSeat
}) => ask(OtpRequested, "/auth/request-otp", { body: asked })

export const giveCode = (challenge_id: string, code: string) =>
  ask(ShopperSignedIn, "/auth/verify-otp", { body: { challenge_id, code } })

export const myRental = (token: string) => ask(MyRentalNow, "/me/rental", { token })

/** Asks for a cart. One that the shopper has already is no refusal: `myRental` shows it. */
export const takeCart = (token: string, branch_id: string): Promise<unknown> =>
  ask(Begun, "/me/rental", { token, body: { branch_id } }).catch((refusal: unknown) => {
    if (refusal instanceof Refusal && refusal.reason === "already_renting") return undefined
    throw refusal
  })

export const anotherCart = (token: string) => ask(Begun, "/me/rental/another", { token, body: { why: "did_not_open" } })

/** Only in a simulated branch. */
export const fakeMessage = (challengeId: string) => ask(FakePhoneMessage, `/simulation/challenges/${challengeId}`)
export const fakeHand = (token: string, verb: ShopperHand) =>
  ask(Done, `/simulation/me/${verb}`, { token, method: "POST" })
