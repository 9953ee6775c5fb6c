/** Files that are the owner's alone, for keys and passwords: written whole under another name first, then put in place. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import path from "node:path"

/** The text of a file; undefined if there is none. */
export const readOwnFile = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
}

/** Puts a file in place that only its owner may read; durable when it returns. */
export const writeOwnFile = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.new`
  writeFileSync(draft, text, { mode: 0o600, flush: true })
  renameSync(draft, file)
  syncFolder(path.dirname(file))
}

/** Makes the names in a folder durable: without it a power cut may bring a file's old name back. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
