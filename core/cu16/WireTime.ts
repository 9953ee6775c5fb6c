/** How long bytes take on a 19,200 baud line: start bit, eight data bits, stop bit each. */
import { Limits } from "../Limits.ts"

const bitsPerByte = 10

/** Wire time of this many bytes in milliseconds: 0.5208 ms each. */
export const wireMs = (bytes: number): number => (bytes * bitsPerByte * 1_000) / Limits.baudRate
