/**
 * Every CU16 frame as one row: the single place that says what is on the wire and why we believe it.
 *
 * A frame is `STX ADDR CMD data… ETX SUM`. STX is 0x02, ETX is 0x03, SUM is the low byte of the sum of everything before
 * it. ADDR holds the board in its high nibble and the lock index in its low nibble (0 for board-wide frames); 0xF0 is
 * every board. `Codec.ts` encodes and decodes from these rows alone, `FrameDoc.ts` prints them.
 *
 * Sources are the tags of the research behind `docs/protocol/cu16.md`. `proven: "every board"` is what all sources agree
 * on; `"some firmware"` may stay unanswered, which then means "unsupported". Not in the table: the version query
 * `F5 B6 …`, whose envelope is a different one and which known boards do not answer.
 */
import type { Cu16FrameKind } from "./Frame.ts"

export const startByte = 0x02
export const endByte = 0x03
/** ADDR of a query to every board on the bus. No unlock may ever carry it. */
export const allBoardsAddress = 0xf0
/** STX, ADDR, CMD, ETX and SUM: the length of a frame without data. */
export const envelopeBytes = 5

/** One number between CMD and ETX. The value in a frame is the raw number times `unit`. */
export interface DataField {
  readonly name: "hooks" | "presence" | "unlockTimeMs" | "delaySeconds" | "baudCode"
  readonly bytes: 1 | 2
  readonly order: "little" | "big"
  readonly unit: number
  /** Largest raw number accepted. */
  readonly rawMax: number
}

export interface FrameRow {
  readonly command: number
  readonly direction: "toBoard" | "fromBoard"
  readonly address: "board" | "boardAndLock" | "allBoards"
  /** Bytes from STX to SUM. */
  readonly length: number
  readonly data: ReadonlyArray<DataField>
  /** What the addressed board sends back: `silence` is documented silence, `none` marks the answers themselves. */
  readonly reply: Cu16FrameKind | "silence" | "unknown" | "none"
  readonly proven: "every board" | "some firmware"
  readonly source: string
}

const bits = (name: "hooks" | "presence"): DataField => ({ name, bytes: 2, order: "little", unit: 1, rawMax: 0xffff })
const statusData = [bits("hooks"), bits("presence")] as const
const unlockTime: DataField = { name: "unlockTimeMs", bytes: 2, order: "big", unit: 10, rawMax: 0xffff }
const delay: DataField = { name: "delaySeconds", bytes: 1, order: "big", unit: 1, rawMax: 250 }
const baudCode: DataField = { name: "baudCode", bytes: 1, order: "big", unit: 1, rawMax: 3 }

export const frameTable: Readonly<Record<Cu16FrameKind, FrameRow>> = {
  queryStatus: {
    command: 0x30,
    direction: "toBoard",
    address: "board",
    length: 5,
    data: [],
    reply: "status",
    proven: "every board",
    source: "all sources; vector 1",
  },
  unlock: {
    command: 0x31,
    direction: "toBoard",
    address: "boardAndLock",
    length: 5,
    data: [],
    reply: "silence",
    proven: "every board",
    source: "NCU, KLIB, V48: no answer; vectors 3 to 8",
  },
  queryAllStatus: {
    command: 0x32,
    direction: "toBoard",
    address: "allBoards",
    length: 5,
    data: [],
    reply: "busStatus",
    proven: "every board",
    source: "NCU, DRUG, ES; vector 9",
  },
  queryBusStatusOf: {
    command: 0x32,
    direction: "toBoard",
    address: "board",
    length: 5,
    data: [],
    reply: "busStatus",
    proven: "some firmware",
    source: "LKAAS sends it to board 0; vector 11",
  },
  unlockAll: {
    command: 0x33,
    direction: "toBoard",
    address: "board",
    length: 5,
    data: [],
    reply: "silence",
    proven: "every board",
    source: "NCU, CW, TSL, CS, SMC; vector 12",
  },
  status: {
    command: 0x35,
    direction: "fromBoard",
    address: "board",
    length: 9,
    data: statusData,
    reply: "none",
    proven: "every board",
    source: "all sources; vector 2",
  },
  busStatus: {
    command: 0x36,
    direction: "fromBoard",
    address: "board",
    length: 9,
    data: statusData,
    reply: "none",
    proven: "every board",
    source: "NCU, ES, CW, SMC; vector 10",
  },
  queryUnlockTime: {
    command: 0x37,
    direction: "toBoard",
    address: "board",
    length: 5,
    data: [],
    reply: "unlockTime",
    proven: "some firmware",
    source: "NCU, unanswered on CU-V2.1 2020-06-08; vector 13",
  },
  setUnlockTime: {
    command: 0x37,
    direction: "toBoard",
    address: "board",
    length: 7,
    data: [unlockTime],
    reply: "unknown",
    proven: "some firmware",
    source: "TSL; derived vectors D12",
  },
  unlockTime: {
    command: 0x38,
    direction: "fromBoard",
    address: "board",
    length: 7,
    data: [unlockTime],
    reply: "none",
    proven: "some firmware",
    source: "derived: CW names the command only; vector D13",
  },
  delayedUnlock: {
    command: 0x39,
    direction: "toBoard",
    address: "board",
    length: 6,
    data: [delay],
    reply: "unknown",
    proven: "some firmware",
    source: "TSL, CW, NCU; derived vector D14",
  },
  queryDetection: {
    command: 0x3a,
    direction: "toBoard",
    address: "board",
    length: 5,
    data: [],
    reply: "unknown",
    proven: "some firmware",
    source: "NCU, unanswered on CU-V2.1 2020-06-08; vector 14",
  },
  queryAllDetection: {
    command: 0x3a,
    direction: "toBoard",
    address: "allBoards",
    length: 5,
    data: [],
    reply: "unknown",
    proven: "some firmware",
    source: "NCU, unanswered on CU-V2.1 2020-06-08; vector 15",
  },
  setBaudRate: {
    command: 0x40,
    direction: "toBoard",
    address: "board",
    length: 6,
    data: [baudCode],
    reply: "unknown",
    proven: "some firmware",
    source: "unproven: TSL alone; codes 0..3 = 9600, 19200, 57600, 115200",
  },
}
