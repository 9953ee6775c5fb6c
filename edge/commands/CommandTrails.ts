/**
 * Notes what is done for each command on its way, to be sent up with its stages: when it came, when the disk had it, which
 * frames went over the line. It only remembers: numbers are put into an array, and frames are picked from what the bus
 * remembers anyway, when a stage is written down. So an unlock pays nothing for being watched.
 *
 * Bounded: so many commands, of each so many notes since its last word; of more, the middle is left out.
 */
import { Result } from "effect"

import { decode } from "#core/cu16/Codec.ts"
import { frameTable } from "#core/cu16/FrameTable.ts"
import { toHex } from "#core/cu16/Hex.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"
import { type TrailEntry, trailAtMax, trailMsMax } from "#core/wire/Trail.ts"

import type { TappedFrame } from "../bus/FrameTap.ts"
import type { BayPlace } from "../config/Placement.ts"
import type { MonoMs } from "../sync/ClockSync.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"

/** A note on the steady clock: what it is in UTC is known best when it is sent. */
interface Note extends Pick<TrailEntry, "what"> {
  /** Words, or the bytes of a frame. */
  readonly detail: string | Uint8Array
  readonly from: MonoMs
  to: MonoMs
  times: number
}

interface CommandTrail {
  readonly bayId: string | null
  notes: Array<Note>
  readonly from: MonoMs
  /** The newest frame that was looked at. */
  seen: TappedFrame | undefined
}

/** Where the frames of a bay are found. */
export interface Wires {
  readonly placeOf: (bayId: string) => BayPlace | undefined
  readonly tapOf: (bus: number) => ReadonlyArray<TappedFrame>
}

export class CommandTrails {
  readonly #time: DeviceTime
  readonly #open = new Map<string, CommandTrail>()
  #wires: Wires = { placeOf: () => undefined, tapOf: () => [] }

  constructor(time: DeviceTime) {
    this.#time = time
  }

  /** From now on frames are picked from these wires. */
  watch(wires: Wires): void {
    this.#wires = wires
  }

  /** A command has come, or was found under way at the start. */
  begin(commandId: string, bayId: string | null, what: "received" | "restarted", from: MonoMs, detail: string): void {
    if (this.#open.has(commandId)) return
    if (this.#open.size >= Limits.trailsOpen) {
      const [oldest] = this.#open.keys()
      if (oldest !== undefined) this.#open.delete(oldest)
    }
    const note = { what, from, to: this.#time.monoMs(), detail, times: 1 }
    this.#open.set(commandId, { bayId, notes: [note], from, seen: undefined })
  }

  /** The journal has taken a mark of the command. */
  journaled(commandId: string, from: MonoMs, detail: string): void {
    const trail = this.#open.get(commandId)
    if (trail !== undefined) add(trail, { what: "journal", from, to: this.#time.monoMs(), detail, times: 1 })
  }

  /**
   * What was noted since the last call; empty for a command of which nothing is. While its lock waits, frames are left for
   * the next time: the bus remembers them.
   */
  take(commandId: string, lockWaits = false): ReadonlyArray<TrailEntry> {
    const trail = this.#open.get(commandId)
    if (trail === undefined) return []
    if (!lockWaits) this.#pickFrames(trail)
    const { notes } = trail
    trail.notes = []
    const now = this.#time.monoMs()
    const offMs = this.#time.sync.uncertaintyMs(now)
    return notes.map(({ what, from, to, detail, times }) => ({
      what,
      at: rounded(this.#time.preciseInstantOf(from), trailAtMax),
      ms: rounded(to - from, trailMsMax),
      detail: (typeof detail === "string" ? detail : toHex(detail)).slice(0, Limits.trailDetailCharacters),
      ...(times > 1 ? { times } : {}),
      ...(offMs !== undefined && (what === "received" || what === "restarted")
        ? { off_ms: rounded(offMs, trailMsMax) }
        : {}),
    }))
  }

  /** Nothing more will be said of the command. */
  end(commandId: string): void {
    this.#open.delete(commandId)
  }

  #pickFrames(trail: CommandTrail): void {
    const place = trail.bayId === null ? undefined : this.#wires.placeOf(trail.bayId)
    if (place === undefined) return
    const tapped = this.#wires.tapOf(place.board.bus)
    const unseen = trail.seen === undefined ? tapped : tapped.slice(tapped.lastIndexOf(trail.seen) + 1)
    trail.seen = tapped.at(-1) ?? trail.seen
    for (const { direction, monoMs, bytes } of unseen) {
      if (monoMs < trail.from) continue
      const onWireMs = wireMs(bytes.length)
      // We know when we began to speak, and when we had heard all of it.
      const from = direction === "sent" ? monoMs : monoMs - onWireMs
      const note: Note = { what: direction, from, to: from + onWireMs, detail: bytes, times: 1 }
      if (!countedWithLast(trail, note) && isOf(bytes, place)) add(trail, note)
    }
  }
}

/** True for the frames of the bay's board, but no unlock of another bay; and for noise, which is anybody's. */
const isOf = (bytes: Uint8Array, { board, lockIndex }: BayPlace): boolean => {
  const decoded = decode(bytes)
  if (Result.isFailure(decoded)) return true
  const frame = decoded.success
  if (!("board" in frame) || frame.board !== board.address) return false
  return frame.kind !== "unlock" || frame.lockIndex === lockIndex
}

const isSame = (a: Note["detail"], b: Note["detail"]): boolean =>
  typeof a !== "string" &&
  typeof b !== "string" &&
  a.length === b.length &&
  a[commandByte] !== unlockCommand &&
  a.every((byte, index) => byte === b[index])

const commandByte = 2
const unlockCommand = frameTable.unlock.command

/** A request or an answer just like the one before it is counted; a pulse stands for itself. */
const countedWithLast = ({ notes }: CommandTrail, note: Note): boolean => {
  const same = notes.slice(-2).find(({ what, detail }) => what === note.what && isSame(detail, note.detail))
  if (same === undefined) return false
  same.times += 1
  same.to = note.to
  return true
}

const add = ({ notes }: CommandTrail, note: Note): void => {
  notes.push(note)
  if (notes.length > Limits.trailEntries) notes.splice(Limits.trailEntries / 2, 1)
}

/** A hundredth of a millisecond is enough; a note that no schema takes would cost its command, so it is always a time. */
const rounded = (ms: number, atMost: number): number =>
  Number.isNaN(ms) ? 0 : Math.round(Math.min(Math.max(0, ms), atMost) * 100) / 100
