/**
 * Known CU16 byte strings and what they mean, keyed by a description.
 *
 * `sourced` ones stand in public material (the tags are those of `FrameTable.ts`), `derived` ones were worked out by the
 * rule and never captured from a board. Rejected ones are other Kerong generations that share STX with the CU16, wrong
 * frames found in public tables, and addresses no CU16 has; each names the check it must fail. Captures from real boards
 * replace hand-made ones.
 */
import type { Cu16Frame } from "./Frame.ts"
import type { FrameError } from "./FrameError.ts"

export interface AcceptedVector {
  readonly hex: string
  readonly frame: Cu16Frame
  readonly standing: "sourced" | "derived"
  readonly source: string
}

export interface RejectedVector {
  readonly hex: string
  readonly rejected: FrameError["_tag"]
  readonly standing: "sourced" | "derived"
  readonly source: string
}

const sourced = (hex: string, frame: Cu16Frame, source: string): AcceptedVector => ({
  hex,
  frame,
  standing: "sourced",
  source,
})
const derived = (hex: string, frame: Cu16Frame, source: string): AcceptedVector => ({
  hex,
  frame,
  standing: "derived",
  source,
})

export const acceptedVectors: Readonly<Record<string, AcceptedVector>> = {
  "status of board 0 is asked": sourced(
    "02 00 30 03 35",
    { kind: "queryStatus", board: 0 },
    "1: JIN SMC HUB EDI ES ELK",
  ),
  "board 0 answers all hooks 0, nothing present": sourced(
    "02 00 35 00 00 00 00 03 3A",
    { kind: "status", board: 0, hooks: 0, presence: 0 },
    "2: HUB test string",
  ),
  "board 0 lock 1 is unlocked": sourced(
    "02 00 31 03 36",
    { kind: "unlock", board: 0, lockIndex: 0 },
    "3: SMC EDI CW ES",
  ),
  "board 0 lock 2 is unlocked": sourced("02 01 31 03 37", { kind: "unlock", board: 0, lockIndex: 1 }, "4: SMC EDI"),
  "board 0 lock 5 is unlocked": sourced("02 04 31 03 3A", { kind: "unlock", board: 0, lockIndex: 4 }, "5: DRUG SMC"),
  "board 0 lock 16 is unlocked": sourced("02 0F 31 03 45", { kind: "unlock", board: 0, lockIndex: 15 }, "6: SMC EDI"),
  "board 1 lock 1 is unlocked": sourced("02 10 31 03 46", { kind: "unlock", board: 1, lockIndex: 0 }, "7: EDI"),
  "board 1 lock 3 is unlocked": sourced("02 12 31 03 48", { kind: "unlock", board: 1, lockIndex: 2 }, "8: EDI"),
  "status of all boards is asked": sourced("02 F0 32 03 27", { kind: "queryAllStatus" }, "9: NCU DRUG ES"),
  "board 0 answers the bus query": sourced(
    "02 00 36 00 00 00 00 03 3B",
    { kind: "busStatus", board: 0, hooks: 0, presence: 0 },
    "10: ES comment",
  ),
  "board 1 answers the bus query": sourced(
    "02 10 36 00 00 00 00 03 4B",
    { kind: "busStatus", board: 1, hooks: 0, presence: 0 },
    "10: ES comment",
  ),
  "the bus query is sent to board 0 alone": sourced(
    "02 00 32 03 37",
    { kind: "queryBusStatusOf", board: 0 },
    "11: LKAAS constant",
  ),
  "all locks of board 0 are unlocked": sourced("02 00 33 03 38", { kind: "unlockAll", board: 0 }, "12: NCU"),
  "unlocking time of board 0 is asked": sourced("02 00 37 03 3C", { kind: "queryUnlockTime", board: 0 }, "13: NCU"),
  "detection of board 0 is asked": sourced("02 00 3A 03 3F", { kind: "queryDetection", board: 0 }, "14: NCU"),
  "detection of all boards is asked": sourced("02 F0 3A 03 2F", { kind: "queryAllDetection" }, "15: NCU"),

  "status of board 1 is asked": derived("02 10 30 03 45", { kind: "queryStatus", board: 1 }, "D1"),
  "status of board 9, the highest, is asked": derived("02 90 30 03 C5", { kind: "queryStatus", board: 9 }, "D2"),
  "board 9 lock 16, the highest, is unlocked": derived(
    "02 9F 31 03 D5",
    { kind: "unlock", board: 9, lockIndex: 15 },
    "D3",
  ),
  "all locks of board 1 are unlocked": derived("02 10 33 03 48", { kind: "unlockAll", board: 1 }, "D4"),
  "all locks of board 9 are unlocked": derived("02 90 33 03 C8", { kind: "unlockAll", board: 9 }, "D4"),
  "board 0 answers all locked, nothing present": derived(
    "02 00 35 FF FF 00 00 03 38",
    { kind: "status", board: 0, hooks: 0xffff, presence: 0 },
    "D5",
  ),
  "board 0 answers all locked and present, the sum wraps": derived(
    "02 00 35 FF FF FF FF 03 36",
    { kind: "status", board: 0, hooks: 0xffff, presence: 0xffff },
    "D6",
  ),
  "board 0 answers only lock 1 open": derived(
    "02 00 35 FE FF 00 00 03 37",
    { kind: "status", board: 0, hooks: 0xfffe, presence: 0 },
    "D7",
  ),
  "board 0 answers only lock 9 open, with the sum of lock 1 open": derived(
    "02 00 35 FF FE 00 00 03 37",
    { kind: "status", board: 0, hooks: 0xfeff, presence: 0 },
    "D8",
  ),
  "board 1 answers locks 1 and 4 locked": derived(
    "02 10 35 09 00 00 00 03 53",
    { kind: "status", board: 1, hooks: 0x0009, presence: 0 },
    "D9",
  ),
  "start and end bytes stand inside the data": derived(
    "02 00 35 02 03 00 00 03 3F",
    { kind: "status", board: 0, hooks: 0x0302, presence: 0 },
    "D10",
  ),
  "the sum is a semicolon": derived(
    "02 00 35 01 00 00 00 03 3B",
    { kind: "status", board: 0, hooks: 1, presence: 0 },
    "D11",
  ),
  "unlocking time of board 0 is set to 550 ms": derived(
    "02 00 37 00 37 03 73",
    { kind: "setUnlockTime", board: 0, unlockTimeMs: 550 },
    "D12",
  ),
  "unlocking time of board 0 is set to 500 ms": derived(
    "02 00 37 00 32 03 6E",
    { kind: "setUnlockTime", board: 0, unlockTimeMs: 500 },
    "D12",
  ),
  "unlocking time of board 0 is set to 1000 ms": derived(
    "02 00 37 00 64 03 A0",
    { kind: "setUnlockTime", board: 0, unlockTimeMs: 1000 },
    "D12",
  ),
  "board 0 presumably answers 550 ms": derived(
    "02 00 38 00 37 03 74",
    { kind: "unlockTime", board: 0, unlockTimeMs: 550 },
    "D13",
  ),
  "board 0 unlocks 5 s later": derived(
    "02 00 39 05 03 43",
    { kind: "delayedUnlock", board: 0, delaySeconds: 5 },
    "D14",
  ),
  "board 0 is set to 19200 baud": derived("02 00 40 01 03 46", { kind: "setBaudRate", board: 0, baudCode: 1 }, "TSL"),
}

const other = (hex: string, rejected: FrameError["_tag"], source: string): RejectedVector => ({
  hex,
  rejected,
  standing: "sourced",
  source,
})
const wrong = (hex: string, rejected: FrameError["_tag"], source: string): RejectedVector => ({
  hex,
  rejected,
  standing: "derived",
  source,
})
const zeros = (count: number) => "00 ".repeat(count)

export const rejectedVectors: Readonly<Record<string, RejectedVector>> = {
  "version query in its own envelope": other("F5 B6 00 00 5F 0A", "BadStart", "16: NCU"),
  "CU48 status query": other("02 00 00 50 03 55", "UnknownCommand", "17: V48"),
  "CU48 status answer": other("02 00 00 65 07 00 00 00 00 C0 03 31", "UnknownCommand", "17: V48"),
  "CU48 status query to all": other("02 0A 00 50 03 5F", "UnknownCommand", "18: V48"),
  "CU48 status answer of board 1": other("02 01 00 65 00 00 80 00 00 00 03 EB", "UnknownCommand", "18: V48"),
  "CU48 unlock of lock 1": other("02 00 00 51 03 56", "UnknownCommand", "19: V48"),
  "CU48 unlock of all 48": other("02 00 30 51 03 86", "BadLength", "20: V48"),
  "CU48 unlock of the whole bus": other("02 0A 30 51 03 90", "BadLength", "21: V48"),
  "CU48B status query": other("02 00 00 60 03 65", "UnknownCommand", "22: KCON"),
  "CU48B answers all open": other(`02 00 00 75 ${zeros(12)}03 7A`, "UnknownCommand", "22: KCON"),
  "CU48B answers lock 1 locked": other(`02 00 00 75 01 ${zeros(11)}03 7B`, "UnknownCommand", "23: KCON"),
  "CU48B answers lock 14 locked": other(`02 00 00 75 00 20 ${zeros(10)}03 9A`, "UnknownCommand", "24: KCON"),
  "CU48B unlock of lock 1": other("02 00 00 61 03 66", "UnknownCommand", "25: KCON"),
  "CU12 status answer with data behind the sum": other("02 00 00 80 10 02 03 99 02 00", "UnknownCommand", "26: SMC"),
  "CU12 status query": other("02 01 00 80 00 00 03 86", "UnknownCommand", "27: CU12MD"),
  "CU12 unlock": other("02 01 01 81 00 00 03 88", "UnknownCommand", "27: CU12MD"),
  "status query with a wrong sum from a public table": other("02 10 30 03 3E", "BadSum", "EDI"),
  "unlock with the sum of another lock from a public table": other("02 0F 31 03 49", "BadSum", "EDI"),
  "status answer that claims a lock in its address": wrong("02 02 35 00 00 00 00 03 3C", "BadAddress", "CW log sample"),
  "0x38 sent as a reset, which it is not": wrong("02 00 38 03 3D", "BadLength", "CW"),
  "status query to board 10": wrong("02 A0 30 03 D5", "BadAddress", "boards are 0 to 9"),
  "status query to board 15, the address of all boards": wrong(
    "02 F0 30 03 25",
    "BadAddress",
    "0xF0 with 0x32, 0x3A only",
  ),
  "unlock on the address of all boards": wrong("02 F0 31 03 26", "BadAddress", "0xF0 with 0x32, 0x3A only"),
  "unlock all on the address of all boards": wrong("02 F0 33 03 28", "BadAddress", "in no source"),
  "unlock all that names a lock": wrong("02 04 33 03 3C", "BadAddress", "low nibble 0 by the rule"),
  "status answer cut before its sum": wrong("02 00 35 00 00 00 00 03", "BadLength", "rule"),
  "status answer with another end byte": wrong("02 00 35 00 00 00 00 04 3B", "BadEnd", "rule"),
  "delay of 251 s": wrong("02 00 39 FB 03 39", "BadField", "TSL: 0 to 250"),
}
