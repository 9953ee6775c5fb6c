/**
 * Which provider sends: `SMS_PROVIDER`, else Inforu if its account is set, else the inbox. In production the inbox and the
 * log are refused: a shopper would wait for a code that nobody sends.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Option, Schema } from "effect"
import { Settings, type SettingsValues } from "../Settings.ts"
import { withCircuitBreaker } from "./CircuitBreaker.ts"
import { consoleProvider } from "./Console.ts"
import { Inbox } from "./Inbox.ts"
import { inforuProvider } from "./Inforu.ts"
import { Sms } from "./Sms.ts"

/** The settings name no provider that can be used here. */
export class SmsChoiceError extends Schema.TaggedError<SmsChoiceError>()("SmsChoiceError", {
  message: Schema.String,
}) {}

const chosen = ({ smsProvider, inforuUsername }: SettingsValues) =>
  Option.getOrElse(smsProvider, () => (Option.isSome(inforuUsername) ? ("inforu" as const) : ("inbox" as const)))

const make = Effect.gen(function* () {
  const settings = yield* Settings
  const name = chosen(settings)
  if (name !== "inforu") {
    if (settings.nodeEnv === "production") {
      const message = `SMS_PROVIDER is ${name}, which sends nothing, and NODE_ENV is production. Set INFORU_USERNAME and INFORU_PASSWORD. See .env.example.`
      return yield* new SmsChoiceError({ message })
    }
    return name === "console" ? consoleProvider : yield* Inbox
  }
  const { inforuUsername, inforuPassword, inforuUrl, smsSender } = settings
  if (Option.isNone(inforuUsername) || Option.isNone(inforuPassword)) {
    const message = "SMS_PROVIDER is inforu: set INFORU_USERNAME and INFORU_PASSWORD. See .env.example."
    return yield* new SmsChoiceError({ message })
  }
  const account = { username: inforuUsername.value, password: inforuPassword.value }
  return withCircuitBreaker(yield* inforuProvider({ ...account, baseUrl: inforuUrl, sender: smsSender }))
})

/** The provider that the settings name, and the inbox for those who read it. */
export const SmsChoice = Layer.effect(Sms, make).pipe(
  Layer.provide(NodeHttpClient.layerNodeHttp),
  Layer.provideMerge(Inbox.layer),
)
