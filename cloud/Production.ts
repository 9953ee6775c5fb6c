/**
 * What a real installation must be given, looked at before anything starts: with `NODE_ENV=production` nothing is made by the
 * way, nothing of a demo or a laboratory is left on, and nothing travels in clear. Each refusal names its setting.
 */
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { Settings, type SettingsValues } from "./Settings.ts"

/** Settings with which no real installation may run. */
export class NotForProduction extends Schema.TaggedError<NotForProduction>()("NotForProduction", {
  message: Schema.String,
}) {}

type Check = (settings: SettingsValues) => string | undefined

/** Distinct characters that any secret worth the name has; words and repetitions have fewer. */
const distinctCharacters = 12
const examples = /change.?me|secret.?key|password|example|your.?key/iu

const secret =
  (name: "SECRET_KEY" | "PHONE_KEY", of: (settings: SettingsValues) => Option.Option<Redacted.Redacted>): Check =>
  (settings) => {
    const value = Option.getOrUndefined(Option.map(of(settings), Redacted.value))
    if (value === undefined) return `${name} is not set`
    if (new Set(value).size < distinctCharacters || examples.test(value)) {
      return `${name} can be guessed: make one, for example with \`openssl rand -base64 48\``
    }
    return undefined
  }

const isLoopback = (host: string): boolean => /^(?:localhost|127\.[\d.]+|::1)$/u.test(host)

const publicUrl: Check = ({ publicUrl: url }) =>
  Option.exists(url, (one) => one.startsWith("https://"))
    ? undefined
    : "PUBLIC_URL is not set to where people reach this installation, https://…"

const broker: Check = ({ mqttBroker, mqttUseTls, mqttUsername, mqttPassword, mqttOpen }) => {
  if (Option.isNone(mqttBroker)) return "MQTT_BROKER is not set, and the embedded broker is for demos and development"
  if (mqttOpen) return "MQTT_OPEN lets anybody onto the broker"
  if (Option.isNone(mqttUsername) || Option.isNone(mqttPassword)) {
    return "MQTT_USERNAME and MQTT_PASSWORD are not set: the cloud would be anonymous on the broker"
  }
  return mqttUseTls || isLoopback(mqttBroker.value) ? undefined : "MQTT_USE_TLS is false and the broker is elsewhere"
}

const checks: ReadonlyArray<Check> = [
  secret("SECRET_KEY", ({ secretKey }) => secretKey),
  secret("PHONE_KEY", ({ phoneKey }) => phoneKey),
  ({ secretKey, phoneKey }) =>
    Option.isSome(secretKey) &&
    Option.isSome(phoneKey) &&
    Redacted.value(secretKey.value) === Redacted.value(phoneKey.value)
      ? "SECRET_KEY and PHONE_KEY are the same"
      : undefined,
  publicUrl,
  ({ trustedProxies }) =>
    trustedProxies.length === 0
      ? "TRUSTED_PROXIES does not name the proxy before the cloud: every limit by address would hold for everybody together"
      : undefined,
  ({ databaseUrl }) =>
    Option.isNone(databaseUrl) ? "DATABASE_URL is not set, and the embedded Postgres is for demos" : undefined,
  broker,
  ({ registrationOpen }) => (registrationOpen ? "REGISTRATION_OPEN lets any device join" : undefined),
  ({ simulatorControl }) =>
    Option.isSome(simulatorControl) ? "SIMULATOR_CONTROL is set: there is no simulator in a real shop" : undefined,
  ({ debug }) => (debug ? "DEBUG is on" : undefined),
]

/** Everything that is wrong, in the order of `.env.example`; nothing outside production. */
export const productionProblems = (settings: SettingsValues): ReadonlyArray<string> =>
  settings.nodeEnv === "production" ? checks.flatMap((check) => check(settings) ?? []) : []

/** The settings, if the program may run with them. */
export const CheckedSettings = Layer.effect(
  Settings,
  Effect.tap(Settings, (settings) => {
    const problems = productionProblems(settings)
    if (problems.length === 0) return Effect.void
    const message = `NODE_ENV is production, and ${problems.join("; ")}. See .env.example and docs/production.md.`
    return Effect.fail(new NotForProduction({ message }))
  }),
).pipe(Layer.provide(Settings.layer))
