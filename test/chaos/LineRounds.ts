/** Lines that are slow, deaf, cut, or that lose, repeat and reorder what people, edge and cloud say to each other. */
import type { Random } from "#core/Random.ts"
import type { ChaosStack } from "./ChaosStack.ts"
import type { Fault } from "./FaultProxy.ts"
import { deaf, duplicated, lossy, messageOn, reordered, slow } from "./LineFaults.ts"
import { type ChaosFault, pass } from "./Scene.ts"

type LineName = keyof ChaosStack["lines"]

/** A fault that lies on a line for a while. */
const lasting = (
  name: string,
  says: string,
  line: LineName,
  [fromMs, untilMs]: readonly [number, number],
  fault: (random: Random) => Fault,
): ChaosFault => ({
  name,
  says,
  strike: async ({ random, stack }) => {
    const mend = stack.lines[line].use(fault(random))
    try {
      await pass(random.int(fromMs, untilMs))
    } finally {
      mend()
    }
    return []
  },
})

const resets = (line: LineName): ChaosFault => ({
  name: `reset ${line} line`,
  says: `every connection of the ${line} line is reset, three times in a row`,
  strike: async ({ random, stack }) => {
    for (let times = 0; times < 3; times++) {
      stack.lines[line].reset()
      await pass(random.int(100, 1_200))
    }
    return []
  },
})

/** A line that died and a keep-alive of 15 s: the ends notice within one and a half of it. */
const halfOpenMs = [23_000, 26_000] as const

export const lineRounds: ReadonlyArray<ChaosFault> = [
  lasting("slow edge line", "everything takes 0.1 to 0.5 s more", "edge", [3_000, 5_000], (random) =>
    slow(random, { ms: 100, jitterMs: 400 }),
  ),
  lasting("slow database line", "everything takes up to 0.1 s more", "database", [3_000, 5_000], (random) =>
    slow(random, { ms: 10, jitterMs: 90 }),
  ),
  lasting("reordering edge line", "half of all messages are overtaken", "edge", [4_000, 6_000], (random) =>
    reordered(random, 800),
  ),
  lasting("reordering cloud line", "facts come late and in any order", "cloud", [4_000, 6_000], (random) =>
    reordered(random, 2_500, messageOn("events", "snapshot", "boot", "status")),
  ),
  lasting("repeating edge line", "most messages come three times", "edge", [4_000, 6_000], (random) =>
    duplicated(random, 0.7, 2, 250),
  ),
  lasting("lossy edge line", "every fourth message is lost", "edge", [4_000, 6_000], (random) => lossy(random, 0.25)),
  resets("edge"),
  resets("cloud"),
  resets("database"),
  lasting("mute edge", "half-open: nothing the edge says arrives", "edge", halfOpenMs, () => deaf("up")),
  lasting("deaf edge", "half-open: nothing said to the edge arrives", "edge", halfOpenMs, () => deaf("down")),
  lasting("deaf cloud", "half-open: nothing said to the cloud arrives", "cloud", halfOpenMs, () => deaf("down")),
]
