/**
 * How a command is signed: JWS in flattened JSON form (RFC 7515 §7.2.2) over the exact bytes of the envelope.
 *
 *   {"protected": …, "payload": …, "signature": …}   each base64url without padding
 *   protected header: {"alg":"EdDSA","typ":"cw-cmd+jwt","kid":"…"} and nothing else
 *
 * The one algorithm is Ed25519. A header with another algorithm or type, or with anything that names a key or an extension
 * of its own (`jwk`, `jku`, `x5c`, `crit`, …), is refused before a signature is looked at. `kid` is only a name: which key
 * it stands for is the verifier's own knowledge. Pure: the two ends bring their cryptography with them.
 */
import { Result, Schema } from "effect"
import { Base64Url } from "effect/encoding"
import { Limits } from "../Limits.ts"

/** Names one of the cloud's command keys. */
export const CommandKeyId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_-]+$/u),
  Schema.isBetweenLength(1, Limits.commandKeyIdCharacters),
)
/** An Ed25519 public key: its 32 bytes in base64url, as `x` of a JWK (RFC 8037). */
export const CommandPublicKey = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/u))

const algorithm = "EdDSA"
const type = "cw-cmd+jwt"

const Header = Schema.Struct({ alg: Schema.Literal(algorithm), typ: Schema.Literal(type), kid: CommandKeyId })

const base64url = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]+$/u))

/** A command as it goes on the wire. The signature has one way to be written only: its last character has no spare bits. */
export const SignedCommand = Schema.Struct({
  protected: base64url,
  payload: base64url,
  signature: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{85}[AQgw]$/u)),
})
export type SignedCommand = typeof SignedCommand.Type

/** A signed command taken apart. Nothing in it may be believed before the signature over `input` has been verified. */
export interface ClaimedCommand {
  readonly kid: string
  /** The envelope's JSON. */
  readonly envelope: string
  /** What was signed, in ASCII. */
  readonly input: string
  readonly signature: Uint8Array
}

/** Why bytes are no signed command; `detail` is for people and repeats nothing that came. */
export interface NotSigned {
  readonly reason: "too_large" | "schema_invalid" | "not_authorised"
  readonly detail: string
}

/** Signs an envelope: `sign` gives the 64 bytes of the Ed25519 signature of an ASCII text by the key that `kid` names. */
export const signCommand = (envelope: string, kid: string, sign: (input: string) => Uint8Array): string => {
  const header = Base64Url.encode(JSON.stringify({ alg: algorithm, typ: type, kid }))
  const payload = Base64Url.encode(envelope)
  const signature = Base64Url.encode(sign(inputOf(header, payload)))
  return JSON.stringify({ protected: header, payload, signature } satisfies SignedCommand)
}

/** Takes bytes from the wire apart: size, JSON, form, header. What is left to do is to verify the signature. */
export const readSignedCommand = (bytes: Uint8Array): Result.Result<ClaimedCommand, NotSigned> => {
  if (bytes.length > Limits.commandBytes) {
    return notSigned("too_large", `${bytes.length} bytes, at most ${Limits.commandBytes}`)
  }
  // Whatever is not ASCII fits none of the patterns.
  const read = decodeSigned(String.fromCharCode(...bytes))
  if (Result.isFailure(read)) return notSigned("schema_invalid", "not a JWS in flattened JSON form")
  const { protected: header, payload, signature } = read.success
  const known = Result.flatMap(Base64Url.decodeString(header), decodeHeader)
  if (Result.isFailure(known)) return notSigned("not_authorised", `not signed as ${type} by ${algorithm}`)
  const parts = Result.all([Base64Url.decodeString(payload), Base64Url.decode(signature)])
  if (Result.isFailure(parts)) return notSigned("schema_invalid", "not base64url")
  const [envelope, signatureBytes] = parts.success
  return Result.succeed({
    kid: known.success.kid,
    envelope,
    input: inputOf(header, payload),
    signature: signatureBytes,
  })
}

/** RFC 7515 §5.1: the two texts as they travel, so that nobody's way of writing JSON matters. */
const inputOf = (header: string, payload: string): string => `${header}.${payload}`

const decodeSigned = Schema.decodeUnknownResult(Schema.fromJsonString(SignedCommand), { onExcessProperty: "error" })
const decodeHeader = Schema.decodeUnknownResult(Schema.fromJsonString(Header), { onExcessProperty: "error" })

const notSigned = (reason: NotSigned["reason"], detail: string) => Result.fail({ reason, detail })
