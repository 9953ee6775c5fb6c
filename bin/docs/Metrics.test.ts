import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Families } from "#cloud/metrics/Families.ts"
import { EdgeFamilies } from "#edge/metrics/EdgeFamilies.ts"

const page = readFileSync(join(import.meta.dirname, "../../docs/metrics.md"), "utf8")

describe("docs/metrics.md", () => {
  for (const [whose, families] of Object.entries({ cloud: Families, edge: EdgeFamilies })) {
    for (const { name, help } of Object.values(families)) {
      it(`has ${name} of the ${whose} with its meaning`, () => {
        const rows = page.split("\n").filter((line) => line.startsWith(`| \`${name}\``))
        assert.isTrue(rows.some((row) => row.replaceAll("\\", "").includes(help)))
      })
    }
  }
})
