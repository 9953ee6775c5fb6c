/** Prints into `docs/protocol/mqtt.md` what the code knows better than a writer: the topics, and an example of each message. */
import { readFileSync } from "node:fs"
import { cartExamples, deviceExamples, envelopeExample } from "#core/wire/Examples.ts"
import { cartMessages, deviceMessages, type MessageKind } from "#core/wire/Messages.ts"
import type { GeneratedPage } from "../commands/docs.ts"
import { withPrinted } from "./PrintedSections.ts"

const path = "docs/protocol/mqtt.md"

const messages: ReadonlyArray<{ readonly topic: string; readonly kind: MessageKind; readonly example: unknown }> = [
  ...Object.entries(deviceMessages).map(([leaf, kind]) => ({
    topic: `devices/{id}/${leaf}`,
    kind,
    example: Reflect.get(deviceExamples, leaf),
  })),
  ...Object.entries(cartMessages).map(([leaf, kind]) => ({
    topic: `carts/{id}/${leaf}`,
    kind,
    example: Reflect.get(cartExamples, leaf),
  })),
]

const printTopics = (): string =>
  [
    "| Topic | From | QoS | Retained | At most | Schema | Says |",
    "|---|---|---|---|---|---|---|",
    ...messages.map(({ topic, kind }) =>
      [
        "",
        ` \`${topic}\` `,
        ` ${kind.from} `,
        ` ${kind.qos} `,
        kind.retained ? " yes " : kind.name === "SignedCommand" ? " **never** " : " no ",
        ` ${kind.maxBytes / 1024} KiB `,
        ` \`${kind.name}\` `,
        ` ${kind.says} `,
        "",
      ].join("|"),
    ),
  ].join("\n")

/** JSON with one line for each part of the message, and one for each item of its lists. */
const printJson = (message: unknown): string => {
  const lines = Object.entries(message as object).map(([name, part]: [string, unknown]) => {
    if (!Array.isArray(part) || part.length === 0) return `  ${JSON.stringify(name)}: ${oneLine(part)}`
    return `  ${JSON.stringify(name)}: [\n${part.map((item) => `    ${oneLine(item)}`).join(",\n")}\n  ]`
  })
  return `{\n${lines.join(",\n")}\n}`
}

const oneLine = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const parts = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}: ${oneLine(part)}`)
  return `{ ${parts.join(", ")} }`
}

const printBlock = (title: string, message: unknown): string => `${title}:\n\n\`\`\`json\n${printJson(message)}\n\`\`\``

const printExamples = (): string =>
  [
    ...messages.map(({ topic, kind, example }) => printBlock(`\`${topic}\` from the ${kind.from}`, example)),
    printBlock("What is signed in the first of these commands, before base64url", envelopeExample),
  ].join("\n\n")

export const pages = async (): Promise<ReadonlyArray<GeneratedPage>> => {
  const page = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
  return [{ path, text: withPrinted(page, { topics: printTopics(), examples: printExamples() }) }]
}
