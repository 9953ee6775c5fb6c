import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Limits } from "../Limits.ts"
import { Traceparent } from "../wire/Traceparent.ts"
import { Email, Text } from "./Text.ts"

describe("text from outside", () => {
  it("may be anything that can be stored", () => {
    const isText = Schema.is(Text)
    for (const text of ["", "a\nb\u0001", "Ünlöck 🛒", "\ud83d\uded2", "x".repeat(Limits.textCharacters)]) {
      assert.isTrue(isText(text), JSON.stringify(text))
    }
    for (const text of [
      "\0",
      "a\u0000b",
      "\ud800",
      "a\udc00b",
      "\uded2\ud83d",
      "x".repeat(Limits.textCharacters + 1),
    ]) {
      assert.isFalse(isText(text), JSON.stringify(text))
    }
  })

  it("is an e-mail address only if it can be stored", () => {
    const isEmail = Schema.is(Email)
    assert.isTrue(isEmail("a@b.cc"))
    for (const text of ["a\u0000@b.cc", "a@\ud800", "a b@c", "a@b@c", "@b"]) assert.isFalse(isEmail(text))
  })

  it("is a trace context only in the words of the W3C", () => {
    const isTraceparent = Schema.is(Traceparent)
    const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert.isTrue(isTraceparent(good))
    for (const text of ["", "a\u0000b", good.toUpperCase(), `${good}-`, good.slice(1)]) {
      assert.isFalse(isTraceparent(text))
    }
  })
})
