/**
 * Why bytes are not a CU16 frame: one tag per check, in the order the checks are made (start, address, command, length,
 * end, sum, field). A bad frame is weather on a bus, so these are values to count, never exceptions.
 */
export type FrameError =
  | { readonly _tag: "BadStart"; readonly byte: number }
  | { readonly _tag: "BadAddress"; readonly byte: number }
  | { readonly _tag: "UnknownCommand"; readonly byte: number }
  | { readonly _tag: "BadLength"; readonly expectedBytes: ReadonlyArray<number>; readonly actualBytes: number }
  | { readonly _tag: "BadEnd"; readonly byte: number }
  | { readonly _tag: "BadSum"; readonly expected: number; readonly actual: number }
  | { readonly _tag: "BadField"; readonly field: string; readonly raw: number }

const hex = (byte: number) => `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`

/** The error as one plain sentence for people. */
export const describeFrameError = (error: FrameError): string => {
  switch (error._tag) {
    case "BadStart":
      return `starts with ${hex(error.byte)} instead of 0x02`
    case "BadAddress":
      return `no CU16 listens at address ${hex(error.byte)} for this command (boards are 0 to 9)`
    case "UnknownCommand":
      return `${hex(error.byte)} is no CU16 command`
    case "BadLength":
      return `has ${error.actualBytes} bytes instead of ${error.expectedBytes.join(" or ")}`
    case "BadEnd":
      return `has ${hex(error.byte)} where 0x03 must end it`
    case "BadSum":
      return `has sum ${hex(error.actual)}, its bytes add up to ${hex(error.expected)}`
    case "BadField":
      return `has ${error.raw} for ${error.field}, which is out of range`
  }
}
