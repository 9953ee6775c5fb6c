/** `kill -9` and `SIGSTOP` of each program, under load. */
import { nowMs } from "./Clock.ts"
import { type PartName, partNames } from "./ChaosStack.ts"
import { type ChaosFault, pass } from "./Scene.ts"

const killed = (name: PartName): ChaosFault => ({
  name: `kill ${name}`,
  says: `kill -9 of ${name}, started again a moment later`,
  strike: async ({ awaySpans, random, stack }) => {
    const part = stack.parts[name]
    const fromMs = nowMs()
    await part.kill()
    await pass(random.int(200, 3_000))
    if (name === "edge") awaySpans.push({ fromMs, untilMs: nowMs() })
    await part.start()
    return []
  },
})

/** The third is longer than any command lives: what was under way must not be carried out on waking. */
const frozenMs = [
  [300, 1_500],
  [3_000, 5_000],
  [10_500, 12_500],
] as const

const frozen = (name: PartName): ChaosFault => ({
  name: `stop ${name}`,
  says: `SIGSTOP of ${name}, SIGCONT a moment later; every third time past the life of a command`,
  strike: async ({ random, round, stack }) => {
    const part = stack.parts[name]
    const [from, until] = frozenMs[(round - 1) % frozenMs.length] ?? frozenMs[0]
    part.freeze()
    try {
      await pass(random.int(from, until))
    } finally {
      part.thaw()
    }
    return []
  },
})

export const processFaults: ReadonlyArray<ChaosFault> = partNames.flatMap((name) => [killed(name), frozen(name)])
