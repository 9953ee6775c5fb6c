/** Prints `docs/protocol/cu16.md` from the frame table and the vectors, so that the page cannot say what the code does not do. */
import { acceptedVectors, rejectedVectors } from "./Cu16.vectors.ts"
import { allBoardsAddress, type DataField, type FrameRow, frameTable } from "./FrameTable.ts"

/** The whole page as Markdown, ending in a newline. */
export const printFrameTable = (): string =>
  [
    intro,
    table(
      ["frame", "CMD", "direction", "ADDR", "bytes", "data", "answer", "spoken by", "source"],
      Object.entries(frameTable).map(([kind, row]) => frameCells(kind, row)),
    ),
    meaning,
    "## Vectors\n\nEach is decoded, encoded, cut at every byte, and flipped in every bit by a test. A *derived* one was worked out by the rule and never captured.",
    table(
      ["bytes", "meaning", "standing", "source"],
      Object.entries(acceptedVectors).map(([description, vector]) => [
        `\`${vector.hex}\``,
        description,
        vector.standing,
        vector.source,
      ]),
    ),
    "Rejected, with the check that rejects them:",
    table(
      ["bytes", "what it is", "check", "source"],
      Object.entries(rejectedVectors).map(([description, vector]) => [
        `\`${vector.hex}\``,
        description,
        vector.rejected,
        vector.source,
      ]),
    ),
    sources,
  ].join("\n\n") + "\n"

const intro = `# CU16 on the wire

Printed from \`core/cu16/FrameTable.ts\` by \`npm run docs\`; edit that file, not this one.

KERONG CU16 boards (also sold as KR-CU16, NCU16, KU16) speak on RS-485 at 19,200 baud, 8 data bits, no parity, 1 stop bit. The host asks, a board answers; boards never speak unasked. A frame is

\`\`\`
STX   ADDR                       CMD   data…   ETX   SUM
0x02  board << 4 | lock index    …     0..4    0x03  low byte of the sum of all bytes before it
\`\`\`

Boards are 0 to 9, lock index 0 is lock 1. ADDR 0x${allBoardsAddress.toString(16).toUpperCase()} asks all boards; no unlock may carry it.

## Frames`

const meaning = `## What to know

- **No frame locks.** A lock closes when a person pushes the hook home. "Lock" can only mean "look whether it is secured".
- **An unlock is not answered.** Proof of opening is a later status, never an acknowledgement. Nothing here is ever repeated because "no answer came".
- **Hooks and presence are raw bits.** Whether 1 is locked or open depends on each lock's switch (normally open or closed) and is configuration. A cut or never-wired input reads as 0.
- **The sum is weak.** It cannot see swapped bytes: lock 1 open and lock 9 open have the same sum. A change is believed after two equal reads.
- **0x02 and 0x03 occur in data and sum.** The parser takes a candidate's length from its command, drops one byte when it fails, and starts afresh after bus silence.
- **An answer carries no request number.** One request is in flight at a time, and an answer must match its board and command.
- **One coil at a time per board.** A pulse is 500 to 550 ms at up to 2.4 A; the next one on that board waits for its end.
- "some firmware" frames may stay unanswered; that means unsupported.
- Two-wire adapters may return the request as an echo. It is compared and removed before parsing.`

const sources = `## Sources

The tags name public implementations and documents: V48 (maker's CU48 manual V2.1), NCU (Python service written from the maker's CU16 document), JIN, LKAAS, CW, KLIB, TSL, SMC, HUB, EDI, ES, ELK, CS, DRUG, KCON, CU12MD. The maker's own CU16 document is not public. A number before a tag, or D1 to D14, is the vector's own name.`

const frameCells = (kind: string, row: FrameRow): ReadonlyArray<string> => [
  kind,
  `0x${row.command.toString(16).toUpperCase()}`,
  row.direction === "toBoard" ? "host → board" : "board → host",
  { board: "board << 4", boardAndLock: "board << 4 + lock index", allBoards: "0xF0" }[row.address],
  String(row.length),
  row.data.length === 0 ? "–" : row.data.map(fieldText).join(", "),
  row.reply === "none" ? "–" : row.reply,
  row.proven,
  row.source,
]

const fieldText = (field: DataField): string => {
  const order = field.bytes === 1 ? "" : `, ${field.order}-endian`
  const unit = field.unit === 1 ? "" : `, × ${field.unit}`
  return `${field.name} (${field.bytes} B${order}${unit})`
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
