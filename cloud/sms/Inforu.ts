/**
 * Inforu, the provider of the shops (domain.md §14.1): HTTP Basic, a JSON body, and an answer whose HTTP status says
 * nothing: only `StatusId` 1 is success. Whatever happens after the request has left and before an answer came is
 * `unknown`: the message may have been sent.
 */
import { Duration, Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Limits } from "#core/Limits.ts"
import { segmentsOf } from "./Segments.ts"
import { type Outgoing, SmsError, type SmsProvider, type SmsReason } from "./Sms.ts"

export interface InforuOptions {
  /** `https://capi.inforu.co.il` unless a test says otherwise. */
  readonly baseUrl: string
  readonly username: string
  /** The API token. */
  readonly password: Redacted.Redacted
  /** At most 11 characters without spaces, or a number the provider has approved. */
  readonly sender: string
}

const name = "inforu"
const path = "/api/v2/SMS/SendSms"

/** `Data` names the message differently from answer to answer. */
const Answer = Schema.fromJsonString(
  Schema.Struct({
    StatusId: Schema.Int,
    StatusDescription: Schema.optional(Schema.NullOr(Schema.String)),
    Data: Schema.optional(Schema.Unknown),
  }),
)

const failed = (reason: SmsReason, message: string) => new SmsError({ provider: name, reason, message })

/** Their words for what is wrong; there is no public list of their numbers, so the words are all there is. */
const reasonOf = (description: string): SmsReason => {
  if (/recipient|phone|number/iu.test(description)) return "invalid_number"
  if (/balance|credit|quota/iu.test(description)) return "no_credit"
  if (/sender/iu.test(description)) return "sender_not_approved"
  if (/auth|user|token|password/iu.test(description)) return "auth_failed"
  if (/block/iu.test(description)) return "blocked"
  return "rejected"
}

const bodyOf = ({ to, text, key }: Outgoing, sender: string) => ({
  Data: {
    Message: text,
    // Without the plus: that is how public clients send it.
    Recipients: [{ Phone: to.slice(1) }],
    Settings: { Sender: sender.slice(0, 11), CustomerMessageID: key },
  },
})

/** Text or number, under whichever name. */
const idIn = (data: unknown): string | null => {
  if (typeof data !== "object" || data === null) return null
  for (const key of ["CustomerMessageID", "BulkId", "MessageId"]) {
    const id: unknown = Reflect.get(data, key)
    if (typeof id === "string" || typeof id === "number") return String(id)
  }
  return null
}

/** Makes the provider; needs an HTTP client. */
export const inforuProvider = Effect.fnUntraced(function* (
  options: InforuOptions,
): Effect.fn.Return<SmsProvider, never, HttpClient.HttpClient> {
  const client = yield* HttpClient.HttpClient
  const send = Effect.fn("Inforu.send")(function* (message: Outgoing) {
    const request = HttpClientRequest.post(options.baseUrl + path).pipe(
      HttpClientRequest.basicAuth(options.username, options.password),
      HttpClientRequest.bodyJsonUnsafe(bodyOf(message, options.sender)),
    )
    const answered = client.execute(request).pipe(
      Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text }))),
      Effect.mapError(() => failed("unknown", "The connection broke before an answer came.")),
      Effect.timeoutOrElse({
        duration: Duration.millis(Limits.smsAnswerMs),
        orElse: () => Effect.fail(failed("unknown", `No answer came within ${Limits.smsAnswerMs} ms.`)),
      }),
    )
    const { status, text } = yield* answered
    if (status === 401 || status === 403) return yield* failed("auth_failed", `The provider answered ${status}.`)
    if (status === 429) return yield* failed("throttled", "The provider answered 429.")
    if (status >= 500) return yield* failed("unknown", `The provider answered ${status}.`)
    const answer = yield* Schema.decodeUnknownEffect(Answer)(text).pipe(
      Effect.mapError(() => failed("unknown", `The provider answered ${status} with something that cannot be read.`)),
    )
    if (answer.StatusId !== 1) {
      const description = answer.StatusDescription ?? ""
      return yield* failed(reasonOf(description), `StatusId ${answer.StatusId}: ${description.slice(0, 200)}`)
    }
    return { provider: name, providerId: idIn(answer.Data), segments: segmentsOf(message.text) }
  })
  return { name, send }
})
