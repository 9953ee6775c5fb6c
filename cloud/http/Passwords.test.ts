import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Passwords } from "./Passwords.ts"

layer(Passwords.layer)("passwords", (it) => {
  it.effect("are stored as salted hashes that only they fit", () =>
    Effect.gen(function* () {
      const passwords = yield* Passwords
      const one = yield* passwords.hash("correct horse")
      const other = yield* passwords.hash("correct horse")
      assert.notStrictEqual(one, other)
      assert.notInclude(one, "horse")
      assert.isTrue(yield* passwords.verify("correct horse", one))
      assert.isFalse(yield* passwords.verify("wrong horse", one))
    }),
  )

  it.effect("fit nobody's hash and no damaged one", () =>
    Effect.gen(function* () {
      const passwords = yield* Passwords
      assert.isFalse(yield* passwords.verify("", undefined))
      for (const damaged of ["", "plain", "scrypt$15$8$3$short$hash", "scrypt$99$8$3$AAAAAAAAAAAAAAAAAAAAAA$AAAA"]) {
        assert.isFalse(yield* passwords.verify("plain", damaged))
      }
    }),
  )
})
