/** What can be wrong with a line, by name. Chance comes from a seeded stream, so that a round can be run again. */
import type { Packet } from "mqtt-packet"
import type { Random } from "#core/Random.ts"
import type { Direction, Fault, Line, Parcel } from "./FaultProxy.ts"

type Which = (parcel: Parcel) => boolean
const all: Which = () => true

/** Messages, without the packets that keep a connection alive. */
export const isMessage: Which = ({ packet }) => packet?.cmd === "publish"

/** Messages whose topic ends so. */
export const messageOn =
  (...endings: ReadonlyArray<string>): Which =>
  ({ packet }) =>
    packet?.cmd === "publish" && endings.some((ending) => packet.topic.endsWith(`/${ending}`))

/** A message's JSON. */
export const jsonOf = (packet: Packet | undefined): unknown =>
  packet?.cmd === "publish" ? JSON.parse(packet.payload.toString()) : undefined

/** Everything takes longer, each time by another amount; nothing overtakes. */
export const slow = (random: Random, { ms, jitterMs }: { readonly ms: number; readonly jitterMs: number }): Fault => {
  return () => ({ fate: "delay", ms: ms + random.int(0, jitterMs) })
}

/** Some messages take longer and are overtaken by those behind them. */
export const reordered = (random: Random, upToMs: number, which: Which = isMessage): Fault => {
  return (parcel) =>
    which(parcel) && random.chance(0.5) ? { fate: "delay", ms: random.int(1, upToMs), overtake: true } : undefined
}

/** Messages come again, soon after and later. */
export const duplicated = (random: Random, chance: number, times: number, everyMs: number): Fault => {
  return (parcel) => (isMessage(parcel) && random.chance(chance) ? { fate: "repeat", times, everyMs } : undefined)
}

/** Some messages vanish, although the broker or the device believes that they went. */
export const lossy = (random: Random, chance: number): Fault => {
  return (parcel) => (isMessage(parcel) && random.chance(chance) ? { fate: "drop" } : undefined)
}

/** A half-open line: nothing arrives in one direction, and nobody is told. */
export const deaf = (...directions: ReadonlyArray<Direction>): Fault => {
  return ({ direction }) => (directions.includes(direction) ? { fate: "drop" } : undefined)
}

/** What fits is kept back, to be delivered later, or never. */
export const holding = (into: Array<Parcel>, which: Which = all, atMost = Infinity): Fault => {
  return (parcel) => (into.length < atMost && which(parcel) ? { fate: "hold", into } : undefined)
}

/** The answer to a request never comes: the request goes through, and then the line is cut before anything comes back. */
export const cutAfter = (request: Which, onCut: () => void = () => {}): Fault => {
  const cut = new WeakSet<Line>()
  return (parcel) => {
    const { line, direction } = parcel
    if (direction === "down") return cut.has(line) ? { fate: "drop" } : undefined
    if (cut.has(line) || !request(parcel)) return undefined
    cut.add(line)
    onCut()
    // The server must have read the request before the reset reaches it.
    setTimeout(() => line.reset(), answerTimeMs)
    return undefined
  }
}
const answerTimeMs = 100
