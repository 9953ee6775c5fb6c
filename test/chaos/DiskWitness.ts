/** Looks at the edge's disk in the moment a pulse is heard: what had been written down by then. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { scanRecords } from "#edge/journal/Record.ts"

interface MemoRecord {
  readonly command?: { readonly id: string; readonly pulses: number }
}

/** Coil pulses that the journal in this folder says were begun, by command. */
export const pulsesOnDisk = (folder: string): ReadonlyMap<string, number> => {
  const begun = new Map<string, number>()
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".log"))) {
    for (const record of scanRecords(readSegment(join(folder, name))).records) {
      const memo = (record as MemoRecord).command
      if (memo !== undefined) begun.set(memo.id, Math.max(memo.pulses, begun.get(memo.id) ?? 0))
    }
  }
  return begun
}

/** A segment may have been acknowledged and deleted since the folder was read. */
const readSegment = (path: string): Uint8Array => {
  try {
    return readFileSync(path)
  } catch {
    return new Uint8Array()
  }
}
