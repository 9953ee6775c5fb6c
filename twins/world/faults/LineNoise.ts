/**
 * A bad termination or a motor nearby: in three of four answers one bit is flipped, and stray bytes stand before half of
 * them. Good answers still come, so the board is garbled, not silent.
 */
import type { Random } from "#core/Random.ts"
import type { BoardFault } from "../Fault.ts"

const flippedShare = 0.75
const strayShare = 0.5
const strayBytesMax = 3

const flipOneBit = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.int(0, bytes.length)
  return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.int(0, 8)) : byte))
}

const strayBytes = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.int(1, strayBytesMax + 1) }, () => random.int(0, 256))

export const lineNoise: BoardFault = {
  on: "board",
  begin: (random) => ({
    carries: (_, replies) =>
      replies.flatMap(({ bytes, afterMs }) => {
        const answer = { bytes: random.chance(flippedShare) ? flipOneBit(bytes, random) : bytes, afterMs }
        return random.chance(strayShare) ? [{ bytes: strayBytes(random), afterMs }, answer] : [answer]
      }),
  }),
}
