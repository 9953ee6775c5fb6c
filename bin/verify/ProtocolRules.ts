/**
 * The numbered rules of `docs/protocol/mqtt.md` and the tests that prove them. A rule is a list item that begins with its
 * bold number; a proof is a test whose title begins with the numbers it proves. Both are read from text, like the style
 * rules.
 */
import type { SourceFile } from "./TidyRules.ts"

const number = /CW-MQTT-\d{3}/g

/** The numbers of the rules in a document, in its order, each as often as it is there. */
export const rulesOf = (document: string): ReadonlyArray<string> =>
  document.split("\n").flatMap((line) => /^- \*\*(CW-MQTT-\d{3})\*\* \S/.exec(line)?.[1] ?? [])

/** The code alone: what is commented out proves nothing. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "")

const isTest = ({ path }: SourceFile) => /\.(?:test|contract)\.tsx?$/.test(path)

/** The numbers that the titles of a file's tests begin with. */
export const provedBy = (file: SourceFile): ReadonlyArray<string> =>
  isTest(file)
    ? [...withoutComments(file.text).matchAll(/["'`](CW-MQTT-\d{3}(?:, CW-MQTT-\d{3})*): /g)].flatMap(
        ([, numbers = ""]) => numbers.match(number) ?? [],
      )
    : []

/** What does not fit: a sentence for each rule without a test, test without a rule, and number used twice. */
export const orphansOf = (document: string, files: ReadonlyArray<SourceFile>): ReadonlyArray<string> => {
  const rules = rulesOf(document)
  const proved = new Map(files.flatMap((file) => provedBy(file).map((rule) => [rule, file.path] as const)))
  return [
    ...rules.filter((rule) => !proved.has(rule)).map((rule) => `${rule} stands in the title of no test`),
    ...[...proved].flatMap(([rule, path]) => (rules.includes(rule) ? [] : `${path}: ${rule} is no rule`)),
    ...rules.filter((rule, index) => rules.indexOf(rule) !== index).map((rule) => `${rule} is there twice`),
  ]
}
