/** The text files of the repository: what git tracks or would track. Deleted and binary files are left out. */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import type { SourceFile } from "./TidyRules.ts"

const root = path.join(import.meta.dirname, "..", "..")

export const readSourceTree = (): ReadonlyArray<SourceFile> =>
  execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  })
    .split("\0")
    .filter((name) => name !== "" && existsSync(path.join(root, name)))
    .map((name) => ({ path: name, bytes: readFileSync(path.join(root, name)) }))
    .filter(({ bytes }) => !bytes.subarray(0, 8_000).includes(0))
    .map(({ path: name, bytes }) => ({ path: name, text: bytes.toString("utf8") }))
