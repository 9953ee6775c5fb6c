/** Prints `docs/operations.md`: every operation of the API, what it needs, and what it may answer. */
import { OpenApi } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import type { GeneratedPage } from "../commands/docs.ts"

interface Operation {
  readonly tags?: ReadonlyArray<string>
  readonly description?: string
  readonly "x-capabilities"?: ReadonlyArray<string>
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>
}

/** Answers that any operation may give are said once, above the table. */
const everywhere = new Set(["400", "401", "413", "414", "415", "429", "500", "503"])

const printOperations = (): string => {
  const { paths } = OpenApi.fromApi(Api)
  const rows = Object.entries(paths).flatMap(([address, methods]) =>
    Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => {
      const statuses = Object.keys(operation.responses).filter((status) => !everywhere.has(status))
      const needed = operation["x-capabilities"] ?? []
      return [
        `\`${method.toUpperCase()} ${address}\``,
        needed.map((one) => `\`${one}\``).join(" or "),
        statuses.join(" "),
        (operation.description ?? "").replaceAll("|", "\\|").replaceAll("\n", " "),
      ]
    }),
  )
  const lines = rows.sort(([a = ""], [b = ""]) => addressOf(a).localeCompare(addressOf(b)))
  return [
    "| Operation | Needs | Answers | |",
    "|---|---|---|---|",
    ...lines.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n")
}

const addressOf = (operation: string): string => operation.split(" ")[1] ?? ""

const head = `# Every operation of the API

Printed from the contract by \`npm run docs\`. Any operation may besides answer \`400\`, \`401\`, \`413\`, \`414\`, \`415\`, \`429\`, \`500\` and \`503\` as [the page of the API](api.md) says; what each takes and gives is in \`/api/openapi.json\`.
`

export const pages = async (): Promise<ReadonlyArray<GeneratedPage>> => [
  { path: "docs/operations.md", text: `${head}\n${printOperations()}\n` },
]
