/**
 * The style rules that a program can keep. Each is a pure function from the files of the tree to the places that break
 * it, so that every rule can be shown to fail on a made-up file. It reads text, not syntax: a rule that needs more
 * belongs to the type checker or the linter.
 */

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly path: string
  readonly text: string
}

export interface TidyRule {
  /** A fact about a tidy tree. */
  readonly name: string
  /** What to do about an offender. */
  readonly advice: string
  /** One line per offender: the file, and what is wrong in it. */
  readonly offenders: (files: ReadonlyArray<SourceFile>) => ReadonlyArray<string>
}

type Check = (file: SourceFile) => ReadonlyArray<string>

const linesMax = 400

const isCode = ({ path }: SourceFile) => /\.(?:tsx?|mts|mjs)$/.test(path)
const isTest = ({ path }: SourceFile) => /\.(?:test|contract)\.tsx?$/.test(path) || path.startsWith("test/")
const isGenerated = ({ path }: SourceFile) => path.includes("/generated/")
/** The rules quote what they forbid, and their test shows it. */
const isAboutRules = ({ path }: SourceFile) => /^bin\/verify\/Tidy(?:Rules|\.test)\.ts$/.test(path)
const folderOf = (path: string) => path.split("/")[0] ?? ""
const nameOf = (path: string) => path.split("/").at(-1) ?? ""

const each = (applies: (file: SourceFile) => boolean, check: Check): TidyRule["offenders"] => {
  return (files) => files.filter(applies).flatMap((file) => check(file).map((what) => `${file.path}: ${what}`))
}

/** A check that no line matches; gives the line number and what matched. */
const never =
  (pattern: RegExp): Check =>
  ({ text }) =>
    text.split("\n").flatMap((line, index) => {
      const found = pattern.exec(line)?.[0]
      return found === undefined ? [] : [`line ${index + 1} has \`${found.trim()}\``]
    })

/** The code alone: comments become blanks, lines stay where they are. */
const withoutComments = ({ path, text }: SourceFile): SourceFile => ({
  path,
  text: text.replaceAll(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/.*/g, (comment) => comment.replaceAll(/[^\n]/g, " ")),
})

/** What a file imports or re-exports, static and dynamic. */
export const importsOf = (text: string): ReadonlyArray<string> =>
  [
    ...text.matchAll(/(?:^|[;\s])(?:import|export)\s(?:[^"'`;]*?\sfrom\s)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g),
  ].map((match) => match[1] ?? match[2] ?? "")

const eachImport = (check: (target: string, file: SourceFile) => string | undefined): Check => {
  return (file) => importsOf(file.text).flatMap((target) => check(target, file) ?? [])
}

/** What each folder may import; `bin`, `test` and `bench` may import everything. */
const direction: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: ["core"],
  twins: ["core", "twins"],
  edge: ["core", "twins", "edge"],
  cloud: ["core", "twins", "cloud"],
  ui: ["core", "twins", "ui"],
}

/** The top-level folder an import leads to, or `undefined` for a package. */
const folderOfImport = (target: string, file: SourceFile): string | undefined => {
  if (target.startsWith("#")) return target.slice(1).split("/")[0]
  if (!target.startsWith(".")) return undefined
  return folderOf(new URL(target, `file:///${file.path}`).pathname.slice(1))
}

const isPure = (file: SourceFile) => /^(?:core|twins)\//.test(file.path) && isCode(file) && !isTest(file)
/** What speaks to the world itself, and is replaced as a whole in a simulation. */
const isLive =
  /^(?:cloud\/NewId|cloud\/commands\/CommandKeyFile|cloud\/otp\/|cloud\/http\/|cloud\/metrics\/|cloud\/postgres\/|cloud\/sync\/MqttClient|edge\/EdgeProgram|edge\/HostVitals|edge\/link\/|edge\/metrics\/)/
const isHosted = (file: SourceFile) =>
  /^(?:edge|cloud)\//.test(file.path) &&
  isCode(file) &&
  !isTest(file) &&
  !isLive.test(file.path) &&
  !file.path.includes(".fixture.")

const isMachine = ({ path }: SourceFile) => path.endsWith(".machine.ts")

const importsGoOneWay = eachImport((target, file) => {
  const allowed = direction[folderOf(file.path)]
  const to = folderOfImport(target, file)
  return allowed === undefined || to === undefined || allowed.includes(to) ? undefined : `imports ${target}`
})

const crossesWithHash = eachImport((target, file) => {
  const crosses = target.startsWith(".") && folderOfImport(target, file) !== folderOf(file.path)
  return crosses ? `imports ${target}` : undefined
})

const endsInExtension = eachImport((target) =>
  /^[.#]/.test(target) && !/\.(?:tsx?|mjs|json|css|svg)(?:\?\w+)?$/.test(target) ? `imports ${target}` : undefined,
)

const machineImports = eachImport((target) =>
  target === "xstate" || target.startsWith("#core/") || target.startsWith("#twins/") || /^\.\.?\//.test(target)
    ? undefined
    : `imports ${target}`,
)

/** Names a file gives to others. */
export const exportsOf = (text: string): ReadonlyArray<string> => [
  ...[
    ...text.matchAll(
      /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+(\w+)/gm,
    ),
  ].map((match) => match[1] ?? ""),
  ...[...text.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] ?? "").split(",").map(
      (name) =>
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1) ?? "",
    ),
  ),
]

const wordsOf = (name: string) =>
  name
    .split(/(?=[A-Z][a-z])|[.\d_]+/)
    .map((word) => word.toLowerCase().replace(/s$/, ""))
    .filter((word) => word !== "")

/** The same word, or the same stem: `Migrations` and `migrate`. */
const isAkin = (one: string, other: string) =>
  one === other || (one.length > 4 && one.slice(0, 5) === other.slice(0, 5))

/** A file with several exports is a family, whose name only a reader can judge. */
const namedAfterExport: Check = ({ path, text }) => {
  const stem = nameOf(path).replace(/\.tsx?$/, "")
  const [only = "", ...others] = new Set(exportsOf(text))
  if (only === "" || others.length > 0 || !/^[A-Z]/.test(stem)) return []
  const isNamed =
    stem.toLowerCase().includes(only.toLowerCase()) ||
    wordsOf(stem).some((word) => wordsOf(only).some((other) => isAkin(word, other)))
  return isNamed ? [] : [`exports ${only}`]
}

const isExemptFromLength = (file: SourceFile) =>
  file.path.endsWith(".vectors.ts") || file.path.includes("/migrations/") || isGenerated(file)

const tooLong: Check = ({ text }) => {
  const lines = text.split("\n").length - 1
  return lines > linesMax ? [`${lines} lines`] : []
}

const sleep = /setTimeout\(\s*r(?:es|esolve)?\b|(?<![\w.])sleep\(|timers\/promises/
const liveSleep = new RegExp(`${sleep.source}|\\bEffect\\.sleep\\b`)

/** In `it.effect` time is virtual and `Effect.sleep` only takes a turn of it; in `it.live` it is a sleep. */
const neverSleeps: Check = (file) => never(/\bit\.live\b/.test(file.text) ? liveSleep : sleep)(file)

const rootProse = ["README.md", "CHANGELOG.md", "AGENTS.md"]

/** All rules; each becomes a test of its own. */
export const tidyRules: ReadonlyArray<TidyRule> = [
  {
    name: "imports go one way: core ← twins ← edge, cloud, ui",
    advice: "Move what both sides need down into core or twins.",
    offenders: each((file) => isCode(file) && !isTest(file), importsGoOneWay),
  },
  {
    name: "core and twins run in a browser: no Node modules and no Node globals",
    advice: "Take it as a parameter, or do it in edge, cloud or bin.",
    offenders: each(
      isPure,
      never(
        /"node:[\w/]+"|\bprocess\.(?:env|argv|exit|nextTick|hrtime|stdout)|\bBuffer\.|\b__dirname\b|\bsetImmediate\(|\brequire\(/,
      ),
    ),
  },
  {
    name: "machines import only xstate, core and twins",
    advice: "A machine decides; what acts is carried out by its host as an intent.",
    offenders: each(isMachine, machineImports),
  },
  {
    name: "machines have no clock, no chance and no effects",
    advice: "Time arrives in events; effects are intents.",
    offenders: each(
      isMachine,
      never(/Date\.now|new Date\(|Math\.random|performance\.|fetch\(|console\.|setTimeout|fromPromise|spawnChild/),
    ),
  },
  {
    name: "edge and cloud ask their ports for time, chance and ids",
    advice: "Use Clock, Random, Effect.sleep or NewId, so that a simulation can put its own in their place.",
    offenders: each(
      isHosted,
      never(
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|(?<![.\w])set(?:Timeout|Interval|Immediate)\(|\bperformance\.now\(|\brandomUUID\(/,
      ),
    ),
  },
  {
    name: "imports across folders are written with #",
    advice: "Write `#core/…`, `#twins/…` (package.json imports) instead of a path that climbs out.",
    offenders: each(isCode, crossesWithHash),
  },
  {
    name: "imports end in the file's extension",
    advice: "Node runs the source: write `.ts` or `.tsx`.",
    offenders: each(isCode, endsInExtension),
  },
  {
    name: "there are no barrels",
    advice: "Import from the file that has it.",
    offenders: each(
      (file) => /^index\.(?:tsx?|mjs|js)$/.test(nameOf(file.path)),
      () => ["is a barrel"],
    ),
  },
  {
    name: "no file is named utils, helpers, common or misc",
    advice: "Name it after the one thing it is about.",
    offenders: each(
      (file) => isCode(file) && /(?:^|\/|\.)(?:utils?|helpers?|common|misc)(?:\.|\/)/i.test(file.path),
      () => ["has no subject"],
    ),
  },
  {
    name: "a file that exports one thing is named after it",
    advice: "Rename the file or its main export.",
    // A generator of pages (`X.docs.ts`) always exports `pages`: its name says what about.
    offenders: each(
      (file) => isCode(file) && !isTest(file) && !isGenerated(file) && !file.path.endsWith(".docs.ts"),
      namedAfterExport,
    ),
  },
  {
    name: `no file is longer than ${linesMax} lines`,
    advice: "Split it by concept; about 100 lines is the aim.",
    offenders: each((file) => isCode(file) && !isExemptFromLength(file), tooLong),
  },
  {
    name: "types are not switched off",
    advice: "Decode with a schema or write the type.",
    offenders: each(
      (file) => isCode(file) && !isAboutRules(file) && !isGenerated(file),
      (file) => [
        ...never(/@ts-(?:ignore|nocheck|expect-error)/)(file),
        ...never(/:\s*any\b|\bas\s+any\b|<any>/)(withoutComments(file)),
      ],
    ),
  },
  {
    name: "nothing is left for later",
    advice: "Do it, or file an issue.",
    offenders: each((file) => isCode(file) && !isAboutRules(file), never(/\b(?:TODO|FIXME|XXX|HACK)\b/)),
  },
  {
    name: "every test runs, against real modules",
    advice: "Remove .only, .skip and .todo; give the code a layer or a parameter instead of a mocked module.",
    offenders: each(
      (file) => isTest(file) && !isAboutRules(file),
      never(/\bvi\.(?:mock|doMock)\(|\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|skipIf|todo)\b/),
    ),
  },
  {
    name: "tests wait for events, never for time",
    advice: "Wait for the receipt or the event; use TestClock where Effect time is involved.",
    offenders: each((file) => isTest(file) && !isAboutRules(file), neverSleeps),
  },
  {
    name: "prose at the root is README, CHANGELOG and AGENTS",
    advice: "Put reasons into docs/, history into the CHANGELOG.",
    offenders: each(
      ({ path }) => !path.includes("/") && /\.(?:md|txt|rst|adoc)$/.test(path) && !rootProse.includes(path),
      () => ["does not belong at the root"],
    ),
  },
  {
    name: "docs hold no reports, plans or summaries",
    advice: "Docs answer a reader's question; the story of the work is in git.",
    offenders: each(
      ({ path }) => path.startsWith("docs/") && /(?:^|[/_-])(?:report|plan|summary|status|notes)s?\.md$/i.test(path),
      () => ["is about the work, not the product"],
    ),
  },
  {
    name: "nothing knows the machine it was written on",
    advice: "Use a path relative to the repository or a setting.",
    offenders: each(
      (file) => !isAboutRules(file) && file.path !== "package-lock.json",
      never(/(?<![\w.])\/(?:work\/|tmp\/bash_jobs|home\/\w+\/|Users\/\w+\/)/),
    ),
  },
  {
    name: "the lock file names no registry",
    advice: "Install with `omit-lockfile-registry-resolved=true` in the npm settings.",
    offenders: each(({ path }) => path === "package-lock.json", never(/"resolved":/)),
  },
]
