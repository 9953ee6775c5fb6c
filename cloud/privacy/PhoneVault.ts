/** Phone numbers at rest: what seals them, opens them and finds them, with the keys of this installation (`PHONE_KEY`). */
import { Context, Effect, Layer, Redacted, type Result } from "effect"
import type { Phone } from "#core/domain/Phone.ts"
import { keptSecret } from "../KeptSecret.ts"
import { Settings } from "../Settings.ts"
import {
  keyedName,
  phoneKeysOf,
  sealPhone,
  sealText,
  type UnsealProblem,
  unsealPhone,
  unsealText,
} from "./PhoneSeal.ts"

export class PhoneVault extends Context.Service<
  PhoneVault,
  {
    /** Seals a number for one place, such as `rental/{id}`. */
    readonly seal: (phone: Phone, place: string) => string
    readonly unseal: (sealed: string, place: string) => Result.Result<Phone, UnsealProblem>
    /** The same for another text that a copy of the database must not tell, such as the secret of a second factor. */
    readonly sealText: (text: string, place: string) => string
    readonly unsealText: (sealed: string, place: string) => Result.Result<string, UnsealProblem>
    /** The name under which a number, or a network address, is found in a realm, such as `chain/{id}`. */
    readonly nameOf: (text: string, realm: string) => string
  }
>()("cartwise/cloud/privacy/PhoneVault") {
  static readonly layer = Layer.effect(
    PhoneVault,
    Effect.gen(function* () {
      const { phoneKey, dataDir, nodeEnv } = yield* Settings
      const place = { name: "PHONE_KEY", setting: phoneKey, dataDir, file: "phone.key", nodeEnv }
      const keys = phoneKeysOf(Redacted.value(yield* keptSecret(place)))
      return PhoneVault.of({
        seal: (phone, place) => sealPhone(keys, phone, place),
        unseal: (sealed, place) => unsealPhone([keys], sealed, place),
        sealText: (text, place) => sealText(keys, text, place),
        unsealText: (sealed, place) => unsealText([keys], sealed, place),
        nameOf: (text, realm) => keyedName(keys, text, realm),
      })
    }),
  )
}
