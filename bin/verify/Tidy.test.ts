/** The style rules on the tree as it is, and each rule on a made-up file it must refuse. */
import { assert, describe, it } from "@effect/vitest"
import { readSourceTree } from "./SourceTree.ts"
import { importsOf, type SourceFile, tidyRules } from "./TidyRules.ts"

const tree = readSourceTree()

describe("the tree", () => {
  it("is read", () => {
    assert.isTrue(tree.some((file) => file.path === "bin/verify/Tidy.test.ts"))
  })

  for (const rule of tidyRules) {
    it(rule.name, () => {
      const offenders = rule.offenders(tree)
      assert.strictEqual(offenders.length, 0, `${rule.advice}\n  ${offenders.join("\n  ")}`)
    })
  }
})

const file = (path: string, text = ""): SourceFile => ({ path, text })

/** For each rule files that break it, one offender each, and files that only look like it. */
const samples: Readonly<
  Record<string, { readonly bad: ReadonlyArray<SourceFile>; readonly good: ReadonlyArray<SourceFile> }>
> = {
  "imports go one way: core ← twins ← edge, cloud, ui": {
    bad: [
      file("core/A.ts", 'import { B } from "#twins/B.ts"'),
      file("edge/A.ts", 'import type { B } from "#cloud/B.ts"'),
      file("ui/src/A.tsx", 'export { B } from "../../edge/B.ts"'),
      file("cloud/A.ts", 'const b = await import("#edge/B.ts")'),
      file("twins/A.ts", 'import {\n  B,\n} from "#bin/B.ts"'),
    ],
    good: [file("edge/A.ts", 'import { B } from "#twins/B.ts"'), file("test/A.ts", 'import "#edge/B.ts"')],
  },
  "core and twins run in a browser: no Node modules and no Node globals": {
    bad: [
      file("core/A.ts", 'import fs from "node:fs"'),
      file("twins/A.ts", "process.env.X"),
      file("core/B.ts", "Buffer.from(x)"),
    ],
    good: [file("core/A.test.ts", 'import fs from "node:fs"'), file("edge/A.ts", 'import fs from "node:fs"')],
  },
  "machines import only xstate, core and twins": {
    bad: [file("twins/a/A.machine.ts", 'import { Effect } from "effect"')],
    good: [file("twins/a/A.machine.ts", 'import { setup } from "xstate"\nimport { Limits } from "#core/Limits.ts"')],
  },
  "machines have no clock, no chance and no effects": {
    bad: [file("twins/a/A.machine.ts", "at: Date.now()"), file("twins/b/B.machine.ts", "Math.random()")],
    good: [file("edge/A.ts", "Date.now()")],
  },
  "edge and cloud ask their ports for time, chance and ids": {
    bad: [
      file("edge/A.ts", "const at = Date.now()"),
      file("cloud/A.ts", "const id = randomUUID()"),
      file("cloud/sync/A.ts", "setTimeout(run, 5)"),
      file("edge/hub/A.ts", "if (Math.random() < 0.5) return"),
    ],
    good: [
      file("cloud/NewId.ts", "Effect.sync(() => randomUUID())"),
      file("edge/link/A.ts", "socket.setTimeout(5)"),
      file("edge/A.test.ts", "Date.now()"),
      file("cloud/A.ts", "Clock.currentTimeMillis"),
    ],
  },
  "imports across folders are written with #": {
    bad: [file("edge/a/A.ts", 'import { B } from "../../core/B.ts"')],
    good: [file("edge/a/A.ts", 'import { B } from "../b/B.ts"')],
  },
  "imports end in the file's extension": {
    bad: [file("edge/A.ts", 'import { B } from "./B"'), file("edge/A.ts", 'import { B } from "#core/B.js"')],
    good: [file("ui/src/A.tsx", 'import "./a.css"\nimport { C } from "./C.tsx"\nimport { x } from "xstate"')],
  },
  "there are no barrels": { bad: [file("core/index.ts")], good: [file("ui/index.html")] },
  "no file is named utils, helpers, common or misc": {
    bad: [file("core/utils.ts"), file("edge/Helpers.ts"), file("ui/src/common/A.ts")],
    good: [file("core/Commons.ts")],
  },
  "a file that exports one thing is named after it": {
    bad: [file("core/Cart.ts", "export const bay = 1")],
    good: [
      file("core/Cart.ts", "export interface Cart {}"),
      file("twins/Cart.machine.ts", "export const cartMachine = 1"),
      file("core/Limits.ts", "const x = 1\nexport { x as Limits }"),
      file("bin/cartwise.ts", "export const other = 1"),
      file("cloud/Migrations.ts", "export const migrate = 1"),
      file("bin/docs/Layout.ts", "export const layOut = 1"),
      file("bin/docs/Cu16.docs.ts", "export const pages = 1"),
      file("core/Problems.ts", "export class NotFound {}\nexport class Forbidden {}"),
    ],
  },
  "no file is longer than 400 lines": {
    bad: [file("core/A.ts", "\n".repeat(401))],
    good: [file("core/A.ts", "\n".repeat(400)), file("core/A.vectors.ts", "\n".repeat(900))],
  },
  "types are not switched off": {
    bad: [file("core/A.ts", "const a: any = 1"), file("core/B.ts", "b as any"), file("core/C.ts", "// @ts-ignore")],
    good: [file("core/A.ts", "const company: many = 1 // 0: any"), file("core/B.ts", "/** as any\n : any */")],
  },
  "nothing is left for later": { bad: [file("core/A.ts", "// TODO: think")], good: [file("core/A.ts", "// todos")] },
  "every test runs, against real modules": {
    bad: [
      file("core/A.test.ts", 'vi.mock("./B.ts")'),
      file("core/B.test.ts", 'it.only("x")'),
      file("core/C.test.ts", 'it.effect.skip("x")'),
      file("test/D.system.test.ts", 'test.todo("x")'),
    ],
    good: [file("core/A.ts", "list.skip(3)")],
  },
  "tests wait for events, never for time": {
    bad: [
      file("core/A.test.ts", "await new Promise((r) => setTimeout(r, 10))"),
      file("core/B.test.ts", "await sleep(10)"),
      file("core/C.test.ts", 'it.live("x", () => Effect.sleep(10))'),
    ],
    good: [file("core/A.test.ts", 'it.effect("x", () => Effect.andThen(Effect.sleep(10), TestClock.adjust(10)))')],
  },
  "prose at the root is README, CHANGELOG and AGENTS": { bad: [file("NOTES.md")], good: [file("README.md")] },
  "docs hold no reports, plans or summaries": {
    bad: [file("docs/report.md"), file("docs/a/test-plan.md")],
    good: [file("docs/architecture.md")],
  },
  "nothing knows the machine it was written on": {
    bad: [file("README.md", "see /work/main/README.md"), file("a.json", '"/home/ada/x"')],
    good: [file("README.md", "see docs/work/ and https://example.org/work/")],
  },
  "the lock file names no registry": {
    bad: [file("package-lock.json", '"resolved": "https://registry.example/a.tgz"')],
    good: [file("package-lock.json", '"integrity": "sha512-…"')],
  },
}

describe("the rules", () => {
  it("all have samples", () => {
    assert.sameMembers(
      Object.keys(samples),
      tidyRules.map((rule) => rule.name),
    )
  })

  for (const rule of tidyRules) {
    const { bad = [], good = [] } = samples[rule.name] ?? {}
    it(`refuse what breaks: ${rule.name}`, () => {
      for (const one of bad) assert.isNotEmpty(rule.offenders([one]), `${one.path}: ${one.text}`)
    })
    it(`accept what keeps: ${rule.name}`, () => {
      assert.deepStrictEqual(rule.offenders(good), [])
    })
  }

  it("see every way to import", () => {
    const text =
      'import a from "a"\nimport "b"\nexport * from "c"\nimport type {\n  D,\n} from "d"\nawait import("e")\n'
    assert.deepStrictEqual(importsOf(text), ["a", "b", "c", "d", "e"])
  })
})
