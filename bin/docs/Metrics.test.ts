import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Families } from "#cloud/metrics/Families.ts"

const page = readFileSync(join(import.meta.dirname, "../../docs/metrics.md"), "utf8")

describe("docs/metrics.md", () => {
  for (const { name, help } of Object.values(Families)) {
    it(`has ${name} with its meaning`, () => {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\``))
      assert.include(row?.replaceAll("\\", "") ?? "", help)
    })
  }
})
