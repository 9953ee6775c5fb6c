import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHmac, generateKeyPairSync, hkdfSync, sign as signWith } from "node:crypto"
import { later } from "../Cloud.fixture.ts"
import { tokenKind } from "./TokenKind.ts"

const secret = "a secret of an installation that is long enough"
const kind = tokenKind(secret, { typ: "at+jwt", audience: "cartwise-staff" })
const other = tokenKind(secret, { typ: "cw-mfa+jwt", audience: "cartwise-second-factor" })
const key = Buffer.from(hkdfSync("sha256", secret, "cartwise/tokens", "cartwise-staff", 32))

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url")
const nowSeconds = () => Math.floor(Date.now() / 1_000)
const header = { alg: "HS256", typ: "at+jwt" }
const claims = () => ({
  sub: "00000007-0000-4000-8000-000000000001",
  iss: "cartwise",
  aud: "cartwise-staff",
  jti: "x",
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
})

/** A token with any header and claims, signed with the right key unless told otherwise. */
const forge = (head: object = {}, body: object = {}, signed: Uint8Array = key) => {
  const text = `${encode({ ...header, ...head })}.${encode({ ...claims(), ...body })}`
  return `${text}.${createHmac("sha256", signed).update(text).digest("base64url")}`
}
const { publicKey, privateKey } = generateKeyPairSync("ed25519")
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString()

/** What an attacker may send: each is refused, though the same token without the one change is taken. */
const attacks: Readonly<Record<string, () => string>> = {
  "without a signature, alg none": () => `${encode({ alg: "none", typ: "at+jwt" })}.${encode(claims())}.`,
  "alg none in other letters": () => `${encode({ alg: "nOnE", typ: "at+jwt" })}.${encode(claims())}.`,
  "alg none with a signature that fits": () => forge({ alg: "none" }),
  "signed with a public key as if it were the secret": () => forge({}, {}, Buffer.from(publicPem)),
  "of another algorithm, properly signed": () => {
    const text = `${encode({ ...header, alg: "EdDSA" })}.${encode(claims())}`
    return `${text}.${signWith(null, Buffer.from(text), privateKey).toString("base64url")}`
  },
  "that says HS512 over an HS256 signature": () => forge({ alg: "HS512" }),
  "with a key of its own inside (jwk)": () =>
    forge({ jwk: { kty: "oct", k: Buffer.from("mine").toString("base64url") } }, {}, Buffer.from("mine")),
  "whose kid is a path to an empty file, signed with nothing": () =>
    forge({ kid: "../../../../dev/null" }, {}, Buffer.alloc(1)),
  "whose kid is a piece of SQL, signed with what it would give": () =>
    forge({ kid: "x' union select 'mine" }, {}, Buffer.from("mine")),
  "with an address of keys (jku)": () => forge({ jku: "http://127.0.0.1:9/keys" }, {}, Buffer.from("mine")),
  "with an address of a certificate (x5u)": () => forge({ x5u: "http://127.0.0.1:9/cert" }, {}, Buffer.from("mine")),
  "with an extension that nobody here understands (crit)": () => forge({ crit: ["exp-ext"], "exp-ext": 1 }),
  "with an empty crit": () => forge({ crit: [] }),
  "with the plain installation secret as key": () => forge({}, {}, Buffer.from(secret)),
  "of another typ": () => forge({ typ: "cw-shopper+jwt" }),
  "of the plain typ JWT": () => forge({ typ: "JWT" }),
  "without a typ": () => forge({ typ: undefined }),
  "for another audience": () => forge({}, { aud: "cartwise-shopper" }),
  "for no audience": () => forge({}, { aud: undefined }),
  "of another issuer": () => forge({}, { iss: "https://elsewhere.example" }),
  "of no issuer": () => forge({}, { iss: undefined }),
  "that has run out": () => forge({}, { iat: nowSeconds() - 700, exp: nowSeconds() - 100 }),
  "that never runs out": () => forge({}, { exp: undefined }),
  "whose end is no number": () => forge({}, { exp: "tomorrow" }),
  "that is not valid yet (nbf)": () => forge({}, { nbf: nowSeconds() + 300 }),
  "about nobody": () => forge({}, { sub: undefined }),
  "about a number": () => forge({}, { sub: 7 }),
  "without an id": () => forge({}, { jti: undefined }),
  "whose claims were changed after signing": () => {
    const [head = "", , signature = ""] = forge().split(".")
    return `${head}.${encode({ ...claims(), sub: "00000007-0000-4000-8000-000000000003" })}.${signature}`
  },
  "whose signature was cut off": () => forge().replace(/\.[^.]*$/u, "."),
  "whose signature was cut short": () => forge().slice(0, -4),
  "with a fourth part": () => `${forge()}.e30`,
  "whose claims are no object": () => {
    const text = `${encode(header)}.${encode("[]")}`
    return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`
  },
  "of a megabyte": () => forge({}, { padding: "x".repeat(1_000_000) }),
  "that is empty": () => "",
  "that is only dots": () => "..",
}

describe("a token", () => {
  it.effect("that is ours says whose it is", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* kind.read(forge()), { sub: claims().sub })
      const issued = yield* kind.sign("me", 60, { sid: "s" })
      assert.deepInclude(yield* kind.read(issued), { sub: "me", sid: "s", iss: "cartwise", aud: "cartwise-staff" })
    }).pipe((test) => later(Date.now(), test)),
  )

  for (const [what, make] of Object.entries(attacks)) {
    it.effect(`${what} is refused`, () =>
      later(
        Date.now(),
        Effect.gen(function* () {
          const startedAt = performance.now()
          assert.isUndefined(yield* kind.read(make()))
          assert.isBelow(performance.now() - startedAt, 1_000)
        }),
      ),
    )
  }

  it.effect("of one kind is none of another, though one installation signed both", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* kind.read(yield* other.sign("me", 60)))
      assert.isUndefined(yield* other.read(yield* kind.sign("me", 60)))
      const sameAudience = tokenKind("another installation's secret, as long as this", {
        typ: "at+jwt",
        audience: "cartwise-staff",
      })
      assert.isUndefined(yield* kind.read(yield* sameAudience.sign("me", 60)))
    }),
  )

  it.effect("is good until its time is over, to the second", () =>
    Effect.gen(function* () {
      const token = yield* kind.sign("me", 60)
      assert.isDefined(yield* later(59_000, kind.read(token)))
      assert.isUndefined(yield* later(60_000, kind.read(token)))
    }),
  )
})
