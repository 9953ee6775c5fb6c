/** Listens to everything the broker takes, and judges what the two sides may say. */
import { Result } from "effect"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"
import type { KeptJudge } from "./KeptJudge.ts"
import type { KnownCommands } from "./KnownCommands.ts"
import type { Packet } from "./SimBroker.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface EavesdropperParts {
  readonly time: VirtualTime
  readonly verdicts: Verdicts
  readonly commands: KnownCommands
  readonly kept: () => KeptJudge
  readonly sometimes: SometimesBook
}

const decoder = new TextDecoder()
const deviceLeaf = /^cartwise\/[^/]+\/[^/]+\/devices\/([^/]+)\/(.+)$/u

export class Eavesdropper {
  readonly #parts: EavesdropperParts
  readonly #sessions = new Map<string, number>()
  readonly #spokenEpochs = new Map<string, { readonly epoch: number; readonly at: number }>()
  readonly #lastWords = new Map<string, number>()
  readonly #offline = new Map<string, { readonly session: number; readonly at: number }>()

  constructor(parts: EavesdropperParts) {
    this.#parts = parts
  }

  /** The session of a device's newest boot. */
  sessionOf(device: string): number | undefined {
    return this.#sessions.get(device)
  }

  /** The newest epoch that a device had spoken under so many milliseconds ago; 0 if none is so old. */
  spokenEpochOf(device: string, agoMs: number): number {
    const spoken = this.#spokenEpochs.get(device)
    return spoken === undefined || this.#parts.time.nowMs - spoken.at < agoMs ? 0 : spoken.epoch
  }

  /** When something was last said in the name of a device; -Infinity if never. */
  lastWordAtMs(device: string): number {
    return this.#lastWords.get(device) ?? -Infinity
  }

  /** The last that was said of a device being offline. */
  offlineOf(device: string): { readonly session: number; readonly at: number } | undefined {
    return this.#offline.get(device)
  }

  /** The cloud hands something to its connection. */
  cloudSays(topic: string, payload: Uint8Array): void {
    const { commands, time, verdicts } = this.#parts
    const known = topic.endsWith("/commands") ? commands.get(commandIdIn(payload) ?? "") : undefined
    if (known !== undefined && time.nowMs > known.expiresAt) {
      verdicts.fail("I3 no late open", `a command left ${time.nowMs - known.expiresAt} ms after its expiry`)
    }
  }

  hear({ topic, payload, retain }: Packet, from: string): void {
    const { commands, kept, sometimes, time, verdicts } = this.#parts
    const [, device, leaf] = deviceLeaf.exec(topic) ?? []
    if (device === undefined) return
    const byEdge = from.startsWith("edge")
    // A repeated word is no word, but nobody who hears it can know that.
    if (!from.startsWith("cloud")) this.#lastWords.set(device, time.nowMs)
    switch (leaf) {
      case "events/ack": {
        const { journal_id, seq, gap } = read(payload)
        if (gap === true) sometimes.hit("gap reported")
        const safe = kept().watermarkOf(device, String(journal_id))
        if (from.startsWith("cloud") && Number(seq) > safe) {
          verdicts.fail("I5 acknowledged survives", `facts up to ${String(seq)} were acknowledged and ${safe} are kept`)
        }
        return
      }
      case "events":
        if (byEdge && read(payload)["replay"] === true) sometimes.hit("facts replayed")
        return
      case "boot":
        if (byEdge) this.#sessions.set(device, Number(read(payload)["session"]))
        return
      case "status": {
        const { session, status } = read(payload)
        if (status !== "offline") return
        this.#offline.set(device, { session: Number(session), at: time.nowMs })
        if (Number(session) < (this.#sessions.get(device) ?? 0)) sometimes.hit("stale will heard")
        return
      }
      case "commands": {
        if (!from.startsWith("cloud")) {
          // Whoever is connected now gets it without the flag.
          const again = commands.get(commandIdIn(payload) ?? "")
          if (again !== undefined) again.onlyRetained = false
          return
        }
        if (retain) verdicts.fail("I1 authorised open", "a command was published retained")
        const known = commands.get(commandIdIn(payload) ?? "")
        if (known === undefined) return verdicts.fail("I5 acknowledged survives", "a command left that is not kept")
        known.left = true
        known.onlyRetained = false
        return
      }
      case "commands/ack": {
        const { reason } = read(payload)
        if (reason === "repeated") sometimes.hit("repeat refused")
        if (reason === "journal_unwritable") sometimes.hit("unwritable journal refused")
        if (reason === "wrong_device") sometimes.hit("stranger's command refused")
        return
      }
      case "heartbeat":
      case "snapshot":
        if (byEdge) {
          const { epoch } = read(payload)
          const newer = Number(epoch) > (this.#spokenEpochs.get(device)?.epoch ?? 0)
          if (newer) this.#spokenEpochs.set(device, { epoch: Number(epoch), at: time.nowMs })
        }
        return
    }
  }
}

/** What anybody may publish: anything at all. */
const read = (payload: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    const json: unknown = JSON.parse(decoder.decode(payload))
    return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** The id of the command in a signed envelope; undefined if it is none. */
export const commandIdIn = (payload: Uint8Array): string | undefined => {
  const signed = readSignedCommand(payload)
  if (Result.isFailure(signed)) return undefined
  const { command_id } = read(new TextEncoder().encode(signed.success.envelope))
  return typeof command_id === "string" ? command_id : undefined
}
