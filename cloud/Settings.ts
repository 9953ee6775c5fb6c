/**
 * What the cloud is told by its environment. Every value is parsed once, here; a wrong one stops the start with an
 * error that names the setting. An empty value counts as not set. `.env.example` lists them all.
 */
import { Config, Context, Effect, Layer, type Option, Redacted, Schema } from "effect"
import { Limits } from "#core/Limits.ts"
import { LogFormat } from "#core/log/LogLine.ts"

/** A path below which the API lives: `/api`, `/cartwise/api`. */
const Prefix = Schema.String.check(Schema.isPattern(/^(?:\/[a-z0-9][a-z0-9-]*)+$/u))
const Url = Schema.String.check(Schema.isPattern(/^https?:\/\/[^\s]+$/u))
/** Network addresses with commas between them. */
const Addresses = Schema.String.check(
  Schema.isPattern(/^[0-9a-fA-F.:]{2,45}(?:\s*,\s*[0-9a-fA-F.:]{2,45})*$/u),
  Schema.isMaxLength(Limits.trustedProxies * 48),
)
const PostgresUrl = Schema.String.check(Schema.isPattern(/^postgres(?:ql)?:\/\/[^\s]+$/u))
/** HS256 wants at least as many bits of key as its hash has. */
const Secret = Schema.String.check(Schema.isMinLength(32))

const redacted = <S extends Schema.ConstraintCodec<string, unknown>>(schema: S, name: string) =>
  Config.schema(schema, name).pipe(Config.map((value: string) => Redacted.make(value)))

const config = Config.all({
  appName: Config.String("APP_NAME").pipe(Config.withDefault("CartWise Cloud")),
  appVersion: Config.String("APP_VERSION").pipe(Config.withDefault("0.1.0")),
  debug: Config.Boolean("DEBUG").pipe(Config.withDefault(false)),
  /** `json` for programs, `pretty` for people. */
  logFormat: Config.schema(LogFormat, "LOG_FORMAT").pipe(Config.withDefault("json" as const)),
  apiHost: Config.String("API_HOST").pipe(Config.withDefault("127.0.0.1")),
  /** 0 lets the system choose. */
  apiPort: Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 })),
    "API_PORT",
  ).pipe(Config.withDefault(8000)),
  metricsHost: Config.String("METRICS_HOST").pipe(Config.withDefault("127.0.0.1")),
  /** Unset: no port of its own for `/metrics`. 0 lets the system choose. */
  metricsPort: Config.option(
    Config.schema(
      Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 })),
      "METRICS_PORT",
    ),
  ),
  apiPrefix: Config.schema(Prefix, "API_PREFIX").pipe(Config.withDefault("/api")),
  /** Unset: the embedded Postgres. */
  databaseUrl: Config.option(redacted(PostgresUrl, "DATABASE_URL")),
  /** The login that owns the tables and runs migrations. Unset: that of DATABASE_URL. */
  databaseOwnerUrl: Config.option(redacted(PostgresUrl, "DATABASE_OWNER_URL")),
  /** A fixed port for the embedded Postgres. */
  databasePort: Config.option(Config.Port("DATABASE_PORT")),
  /** Unset: the embedded broker. */
  mqttBroker: Config.option(Config.String("MQTT_BROKER")),
  mqttPort: Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 })),
    "MQTT_PORT",
  ).pipe(Config.withDefault(1883)),
  mqttUsername: Config.option(Config.String("MQTT_USERNAME")),
  mqttPassword: Config.option(Config.Redacted("MQTT_PASSWORD")),
  mqttUseTls: Config.Boolean("MQTT_USE_TLS").pipe(Config.withDefault(false)),
  /** Anybody may use the embedded broker, without a name: for laboratories. */
  mqttOpen: Config.Boolean("MQTT_OPEN").pipe(Config.withDefault(false)),
  /** Where devices reach the broker, if that is elsewhere than where the cloud does. */
  mqttPublicBroker: Config.option(Config.String("MQTT_PUBLIC_BROKER")),
  mqttPublicPort: Config.option(Config.Port("MQTT_PUBLIC_PORT")),
  /** Any new device of a known branch may register without a claim: for laboratories. */
  registrationOpen: Config.Boolean("REGISTRATION_OPEN").pipe(Config.withDefault(false)),
  /** How long a device without a key of its own may use its token. */
  deviceTokenDays: Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 365 })),
    "DEVICE_TOKEN_EXPIRE_DAYS",
  ).pipe(Config.withDefault(365)),
  dataDir: Config.String("CARTWISE_DATA_DIR").pipe(Config.withDefault(".data")),
  /** Unset: made once and kept in the data folder. */
  secretKey: Config.option(redacted(Secret, "SECRET_KEY")),
  /** Seals phone numbers. Unset: made once and kept in the data folder. A lost one makes every stored number unreadable. */
  phoneKey: Config.option(redacted(Secret, "PHONE_KEY")),
  /** Where people reach this installation from outside, for example `https://carts.example`. */
  publicUrl: Config.option(Config.schema(Url, "PUBLIC_URL")),
  /** How long a shopper's own phone stays signed in. */
  accessTokenDays: Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 365 })),
    "ACCESS_TOKEN_EXPIRE_DAYS",
  ).pipe(Config.withDefault(30)),
  /** How long telemetry is kept; older months are dropped whole. */
  telemetryRetentionDays: Config.schema(
    Schema.FiniteFromString.check(
      Schema.isInt(),
      Schema.isBetween({ minimum: 1, maximum: Limits.telemetryRetentionDaysMax }),
    ),
    "TELEMETRY_RETENTION_DAYS",
  ).pipe(Config.withDefault(Limits.telemetryRetentionDays)),
  /** Unset: Inforu if its account is set, else the inbox. */
  smsProvider: Config.option(Config.schema(Schema.Literals(["inbox", "console", "inforu"]), "SMS_PROVIDER")),
  inforuUsername: Config.option(Config.String("INFORU_USERNAME")),
  inforuPassword: Config.option(Config.Redacted("INFORU_PASSWORD")),
  inforuUrl: Config.schema(Url, "INFORU_URL").pipe(Config.withDefault("https://capi.inforu.co.il")),
  /** At most 11 characters without spaces, or a number the provider has approved. */
  smsSender: Config.schema(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9]{1,14}$/u)), "SMS_SENDER").pipe(
    Config.withDefault("CartWise"),
  ),
  /** PEM or the path of a file with one. Unset: kept in the data folder. */
  commandSigningKey: Config.option(Config.Redacted("COMMAND_SIGNING_KEY")),
  /** `production`: nothing is made by the way that a real installation must be given. */
  nodeEnv: Config.String("NODE_ENV").pipe(Config.withDefault("development")),
  /** Addresses of the proxies that stand before the cloud: what they say of a client's address is believed. */
  trustedProxies: Config.schema(Addresses, "TRUSTED_PROXIES").pipe(
    Config.withDefault(""),
    Config.map((all) => all.split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]))),
  ),
  registryFile: Config.option(Config.String("REGISTRY_FILE")),
  /** The simulator's control address; unset: there is none. */
  simulatorControl: Config.option(Config.schema(Url, "SIMULATOR_CONTROL")),
})

export type SettingsValues = Config.Success<typeof config>

/** A setting that cannot be used; `message` names it and says what was expected. */
export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", { message: Schema.String }) {}

const explain = (error: Config.ConfigError): SettingsError => {
  const name = /\["([A-Z_]+)"\]/u.exec(error.message)?.[1] ?? "a setting"
  const why = error.message.replace(/^SchemaError\(|\)$/gu, "").replace(/\s+at \[.*$/su, "")
  return new SettingsError({ message: `${name} cannot be used: ${why}. See .env.example.` })
}

export class Settings extends Context.Service<Settings, SettingsValues>()("cartwise/cloud/Settings") {
  static readonly layer = Layer.effect(Settings, Effect.mapError(config, explain))
}

/** A setting that may be absent, as the optional property other modules take. */
export const orUndefined = <A>(option: Option.Option<A>): A | undefined =>
  option._tag === "Some" ? option.value : undefined
