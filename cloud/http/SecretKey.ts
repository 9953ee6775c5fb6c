/** The key that signs access tokens: `SECRET_KEY`, else one kept in the data folder. */
import { Context, Effect, Layer, type Redacted } from "effect"
import { keptSecret } from "../KeptSecret.ts"
import { Settings } from "../Settings.ts"

const load = Effect.flatMap(Settings, ({ secretKey, dataDir, nodeEnv }) =>
  keptSecret({ name: "SECRET_KEY", setting: secretKey, dataDir, file: "secret.key", nodeEnv }),
)

export class SecretKey extends Context.Service<SecretKey, Redacted.Redacted>()("cartwise/cloud/http/SecretKey") {
  static readonly layer = Layer.effect(SecretKey, load)
}
