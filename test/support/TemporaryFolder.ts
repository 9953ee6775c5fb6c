/**
 * A folder that goes when the program ends. Any user may enter it, so that the database of root's tests, which runs as
 * somebody else, keeps its files in it and not in a folder of the machine that nobody clears.
 */
import { rmSync } from "node:fs"
import { chmod, mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Its path; `name` says in it what it is for. */
export const temporaryFolder = async (name: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), `cartwise-${name}-`))
  await chmod(folder, 0o755)
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
