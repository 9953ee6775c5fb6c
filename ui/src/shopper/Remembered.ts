/**
 * That an own phone is signed in, until its token runs out. At a kiosk nothing is remembered: nobody calls this there. A
 * phone knows one chain; another chain's pages do not see it.
 */
import { Result, Schema } from "effect"
import { forget, keep, recall } from "../lib/Kept.ts"

const name = "shopper"

const SignedIn = Schema.Struct({
  token: Schema.String,
  phone_masked: Schema.String,
  chain_name: Schema.String,
  expires_at: Schema.Finite,
})
export type SignedIn = typeof SignedIn.Type

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(SignedIn))

/** Who is signed in on this phone for a chain; undefined if nobody is, or not any more. */
export const remembered = (chainName: string, nowMs: number): SignedIn | undefined => {
  const kept = recall(name)
  const read = kept === null ? undefined : Result.getOrUndefined(decode(kept))
  return read !== undefined && read.chain_name === chainName && read.expires_at > nowMs ? read : undefined
}

export const remember = (signedIn: SignedIn): void => keep(name, JSON.stringify(signedIn))
export const forgetShopper = (): void => forget(name)
