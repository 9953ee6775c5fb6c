/**
 * Passwords as scrypt hashes: `scrypt$15$8$3$<salt>$<hash>` (log2 N, r, p; base64url). The cost is OWASP's for 32 MiB.
 * Verification takes the same time whether there is a hash or not, so an answer does not tell who has an account. Not
 * more than two are computed at once: they run on the thread pool that also serves files and names.
 */
import { Context, Effect, Layer, Semaphore } from "effect"
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { Limits } from "#core/Limits.ts"

const cost = { log2N: 15, r: 8, p: 3 }
const keyBytes = 32

interface Parsed {
  readonly log2N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly hash: Buffer
}

const derive = (password: string, salt: Buffer, log2N: number, r: number, p: number) =>
  Effect.callback<Buffer>((resume) => {
    const options = { N: 2 ** log2N, r, p, maxmem: 2 ** log2N * r * 128 * 2 }
    scrypt(password.normalize("NFKC"), salt, keyBytes, options, (error, key) =>
      resume(error === null ? Effect.succeed(key) : Effect.die(error)),
    )
  })

const parse = (text: string): Parsed | undefined => {
  const match = /^scrypt\$(1[0-8])\$([1-9]|1[0-6])\$([1-9]|1[0-6])\$([\w-]{16,})\$([\w-]{43})$/u.exec(text)
  if (match === null) return undefined
  const [, log2N = "", r = "", p = "", salt = "", hash = ""] = match
  return {
    log2N: Number(log2N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, "base64url"),
    hash: Buffer.from(hash, "base64url"),
  }
}

/** Stands in for the hash of somebody who has none. */
const nobody: Parsed = { ...cost, salt: Buffer.alloc(16), hash: Buffer.alloc(keyBytes) }

export class Passwords extends Context.Service<
  Passwords,
  {
    readonly hash: (password: string) => Effect.Effect<string>
    /** True if the password belongs to the hash; false for no hash or an unreadable one, after the same work. */
    readonly verify: (password: string, hash: string | undefined) => Effect.Effect<boolean>
  }
>()("cartwise/cloud/http/Passwords") {
  static readonly layer = Layer.effect(
    Passwords,
    Effect.gen(function* () {
      const turns = yield* Semaphore.make(Limits.passwordHashesAtOnce)
      return Passwords.of({
        hash: Effect.fn("Passwords.hash")(function* (password) {
          const salt = randomBytes(16)
          const key = yield* turns.withPermits(1)(derive(password, salt, cost.log2N, cost.r, cost.p))
          const words = ["scrypt", cost.log2N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")]
          return words.join("$")
        }),
        verify: Effect.fn("Passwords.verify")(function* (password, hash) {
          const known = hash === undefined ? undefined : parse(hash)
          const { salt, log2N, r, p, hash: expected } = known ?? nobody
          const key = yield* turns.withPermits(1)(derive(password, salt, log2N, r, p))
          return timingSafeEqual(key, expected) && known !== undefined
        }),
      })
    }),
  )
}
