/** Everything signing in needs. */
import { Layer } from "effect"
import { Passwords } from "./Passwords.ts"
import { People } from "./People.ts"
import { SecretKey } from "./SecretKey.ts"
import { SignInThrottle } from "./SignInThrottle.ts"
import { Tokens } from "./Tokens.ts"

export const Sessions = People.layer.pipe(
  Layer.provideMerge(Tokens.layer),
  Layer.provide(SecretKey.layer),
  Layer.merge(Layer.mergeAll(Passwords.layer, SignInThrottle.layer)),
)
