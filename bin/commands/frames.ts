/** `cartwise frames`: says in words what CU16 bytes mean. Reads arguments or standard input; touches no port. */
import { text } from "node:stream/consumers"

import * as Result from "effect/Result"

import { decode } from "#core/cu16/Codec.ts"
import { describeFrameError } from "#core/cu16/FrameError.ts"
import { describeFrame } from "#core/cu16/FrameText.ts"
import { fromHex, toHex } from "#core/cu16/Hex.ts"
import { Parser, type ParserEvent } from "#core/cu16/Parser.ts"

import { type Command, exitCodeForMisuse } from "../Command.ts"

export const summary = "say what CU16 bytes mean"

const help = `cartwise frames [hex…]

Says what CU16 bytes mean, one line per frame. Without arguments the bytes are read from standard input.
Hex pairs may be separated by spaces, commas, colons or dashes, or not at all.

  cartwise frames 02 04 31 03 3A
  cartwise frames 0200300335 02003500FFFF00033A
  xxd -p capture.bin | cartwise frames

Ends with 0 if all bytes are frames, 1 if some are not, 2 if the text is not hex.`

/** Runs the command; gives its exit code. */
export const run: Command["run"] = async (args) => {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help)
    return 0
  }
  const bytes = fromHex(args.length > 0 ? args.join(" ") : await text(process.stdin))
  if (bytes === undefined || bytes.length === 0) {
    console.error(`${bytes === undefined ? "That is not hex." : "There are no bytes."}\n\n${help}`)
    return exitCodeForMisuse
  }
  const parser = new Parser()
  const events = [...parser.push(bytes), ...parser.reset()]
  for (const event of events) console.log(`${toHex(event.bytes).padEnd(26)}  ${meaningOf(event)}`)
  return events.every((event) => event._tag === "Frame") ? 0 : 1
}

const meaningOf = (event: ParserEvent): string => {
  if (event._tag === "Frame") return describeFrame(event.frame)
  const decoded = decode(event.bytes)
  return Result.isFailure(decoded) ? `no frame: ${describeFrameError(decoded.failure)}` : "no frame"
}
