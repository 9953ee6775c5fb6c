/**
 * Time-based one-time codes (RFC 6238): HMAC-SHA-1, six digits, half a minute each, as every authenticator app speaks them.
 * Pure: the time is given.
 */
import { createHmac, randomBytes } from "node:crypto"

const stepSeconds = 30
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** The step a moment belongs to. */
export const totpStepOf = (atMs: number): number => Math.floor(atMs / 1_000 / stepSeconds)

/** The code of a step. */
export const totpCode = (secret: Uint8Array, step: number, digits = 6): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac("sha1", secret).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, "0")
}

/**
 * The step a code belongs to, of the one now and its two neighbours, because clocks differ; undefined if it is of none, or of
 * one up to `lastStep`, whose code was taken before.
 */
export const totpStepOfCode = (
  secret: Uint8Array,
  code: string,
  atMs: number,
  lastStep: number,
): number | undefined => {
  const now = totpStepOf(atMs)
  return [now, now - 1, now + 1].find((step) => step > lastStep && totpCode(secret, step) === code)
}

/** A secret of 160 bits, as RFC 4226 wants it. */
export const newTotpSecret = (): Uint8Array => new Uint8Array(randomBytes(20))

/** Bytes as authenticator apps take them by hand (RFC 4648, without padding). */
export const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("")
  return (bits.match(/.{1,5}/gu) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)] ?? "").join("")
}

/** The address an app reads from a QR code. */
export const otpauthUrl = (secret: Uint8Array, email: string): string => {
  const issuer = "CartWise"
  const query = new URLSearchParams({ secret: base32(secret), issuer, algorithm: "SHA1", digits: "6", period: "30" })
  return `otpauth://totp/${encodeURIComponent(`${issuer}:${email}`)}?${query.toString()}`
}
