/**
 * Whether JSON from outside is of a shape that any of ours could have, told from its bytes before it is parsed: how deep it
 * goes, how many items one list or object has, how long one text is. It does not say whether the bytes are JSON at all.
 */
import { Limits } from "./Limits.ts"

export interface JsonBounds {
  readonly depth: number
  /** Items of one list, or members of one object. */
  readonly items: number
  /** Bytes of one text, as it is written. */
  readonly textBytes: number
}

/** What is too much, with the bound that it goes beyond. */
export type BeyondBounds = keyof JsonBounds

/** What people and programs send by HTTP and WebSocket (reliability.md §3.9). */
export const requestBounds: JsonBounds = {
  depth: Limits.jsonDepth,
  items: Limits.jsonItems,
  textBytes: Limits.jsonTextBytes,
}

/**
 * What devices send: a snapshot has an item for each twin of a device, and a text may fill a record of the journal, so that
 * no fact that a device could write down is refused for its shape.
 */
export const messageBounds: JsonBounds = {
  depth: Limits.jsonDepth,
  items: Limits.jsonMessageItems,
  textBytes: Limits.journalRecordBytes,
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

/** Where the text that begins at `start` ends: the place of its closing quote, or the end of everything. */
const endOfText = (bytes: Uint8Array, start: number): number => {
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === backslash) at += 1
    else if (bytes[at] === quote) return at
  }
  return bytes.length
}

/** Takes the bytes of JSON; gives what goes beyond the bounds first, or undefined. */
export const beyondBounds = (bytes: Uint8Array, bounds: JsonBounds): BeyondBounds | undefined => {
  const commas: Array<number> = []
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case quote: {
        const end = endOfText(bytes, at + 1)
        if (end - at - 1 > bounds.textBytes) return "textBytes"
        at = end
        break
      }
      case 0x5b: // [
      case 0x7b: // {
        if (commas.length === bounds.depth) return "depth"
        commas.push(0)
        break
      case 0x5d: // ]
      case 0x7d: // }
        commas.pop()
        break
      case comma: {
        const count = (commas.pop() ?? 0) + 1
        if (count >= bounds.items) return "items"
        commas.push(count)
        break
      }
    }
  }
  return undefined
}
