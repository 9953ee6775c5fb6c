/**
 * A device layer by layer, from the line to the broker down to the freshest word of a bay: which of them works, which does
 * not, and below the first that does not, which can say nothing. Pure.
 */
import type { Device } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"

export const layerNames = ["broker", "agent", "bus", "boards", "bays", "sensors"] as const
export type LayerName = (typeof layerNames)[number]

/** `hidden`: a layer above does not work, so nobody can know. `waiting`: nothing was heard of it yet. */
export type LayerState = "works" | "troubled" | "dead" | "hidden" | "waiting"

export interface Layer {
  readonly name: LayerName
  readonly state: LayerState
  /** How many of them work, of those that can be counted. */
  readonly working?: number
  readonly all?: number
  /** Since when it is so, or when it was last heard; null if never. */
  readonly at: string | null
}

const newest = (instants: ReadonlyArray<string | null>): string | null =>
  instants.reduce((latest, one) => (one !== null && (latest === null || one > latest) ? one : latest), null)

const ratio = (working: number, all: number): LayerState => {
  if (all === 0) return "waiting"
  return working === all ? "works" : working === 0 ? "dead" : "troubled"
}

/** A board whose port is there; whether the board answers is the next layer's. */
const hasPort = (board: Twin): boolean => regionWord(board.value, "link") !== "busDown"
const answers = (board: Twin): boolean => ["polling", "slow"].includes(regionWord(board.value, "link"))

interface Known {
  /** As its record says it. */
  readonly device: Pick<Device, "connection" | "health" | "last_heartbeat">
  readonly twin: Twin | undefined
  readonly boards: ReadonlyArray<Twin>
  readonly bays: ReadonlyArray<Twin>
  readonly nowMs: number
}

/** The layers from above, each as far as anybody can know it. */
export const layersOf = ({ device, twin, boards, bays, nowMs }: Known): ReadonlyArray<Layer> => {
  const connection = twin === undefined ? device.connection : regionWord(twin.value, "connection")
  const health = twin === undefined ? device.health : regionWord(twin.value, "health")
  const heardAt = newest([device.last_heartbeat, ...boards.map(({ fresh_at }) => fresh_at)])
  const isSilent = heardAt === null || nowMs - Date.parse(heardAt) > Limits.twinStaleAfterMs
  const ports = boards.filter(hasPort)
  const answering = ports.filter(answers)
  const readable = bays.filter(({ fresh_at }) => fresh_at !== null)
  const fresh = readable.filter(({ fresh_at }) => nowMs - Date.parse(fresh_at ?? "") <= Limits.twinStaleAfterMs)
  const trusted = bays.filter(({ value }) => regionWord(value, "sensor") === "trusted")
  const layers: ReadonlyArray<Layer> = [
    {
      name: "broker",
      state:
        connection === "online"
          ? "works"
          : connection === "enrolled"
            ? "waiting"
            : connection === "lost"
              ? "troubled"
              : "dead",
      at: twin?.changed_at ?? null,
    },
    {
      name: "agent",
      state: isSilent ? "dead" : health === "ok" ? "works" : health === "unknown" ? "waiting" : "troubled",
      at: heardAt,
    },
    { name: "bus", state: ratio(ports.length, boards.length), working: ports.length, all: boards.length, at: null },
    {
      name: "boards",
      state: ratio(answering.length, boards.length),
      working: answering.length,
      all: boards.length,
      at: newest(boards.map(({ fresh_at }) => fresh_at)),
    },
    {
      name: "bays",
      state: ratio(fresh.length, bays.length),
      working: fresh.length,
      all: bays.length,
      at: newest(bays.map(({ fresh_at }) => fresh_at)),
    },
    { name: "sensors", state: ratio(trusted.length, bays.length), working: trusted.length, all: bays.length, at: null },
  ]
  const broken = layers.findIndex(({ state }) => state === "dead")
  return layers.map((layer, at) => (broken >= 0 && at > broken ? { ...layer, state: "hidden" } : layer))
}
