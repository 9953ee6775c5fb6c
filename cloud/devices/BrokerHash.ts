/**
 * A password at the broker as it is stored: in the form of Mosquitto's password file (`$7$rounds$salt$hash`, PBKDF2 with
 * SHA-512), so that both brokers verify the same. Passwords are 256 random bits that we have made, so few rounds are enough:
 * there is nothing to guess.
 */
import { pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto"

const rounds = 101
const hashBytes = 64

const derive = (password: string, salt: Buffer, times: number) => pbkdf2Sync(password, salt, times, hashBytes, "sha512")

/** What to store of a password. */
export const brokerHash = (password: string): string => {
  const salt = randomBytes(12)
  return `$7$${rounds}$${salt.toString("base64")}$${derive(password, salt, rounds).toString("base64")}`
}

/** True if the password is the one that was stored. */
export const isBrokerPassword = (stored: string, password: string): boolean => {
  const [, kind, times, salt = "", hash = ""] = stored.split("$")
  const expected = Buffer.from(hash, "base64")
  if (kind !== "7" || Number(times) !== rounds || expected.length !== hashBytes) return false
  return timingSafeEqual(derive(password, Buffer.from(salt, "base64"), rounds), expected)
}
