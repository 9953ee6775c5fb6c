import { readFileSync } from "node:fs"

import { assert, it } from "vitest"

import { printFrameTable } from "./FrameDoc.ts"

it("docs/protocol/cu16.md is what the frame table prints", () => {
  const page = readFileSync(new URL("../../docs/protocol/cu16.md", import.meta.url), "utf8")
  assert.strictEqual(page, printFrameTable())
})
