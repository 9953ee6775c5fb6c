/** All witnesses of one stack, and the history they give together. */
import { randomOf } from "#core/Random.ts"
import type { HeardPulse } from "../support/Board.ts"
import { eventually } from "../support/Eventually.ts"
import type { ChaosStack } from "./ChaosStack.ts"
import { nowMs } from "./Clock.ts"
import { readDatabase } from "./DatabaseWitness.ts"
import { pulsesOnDisk } from "./DiskWitness.ts"
import type { History, Life, Press, Pulse, Renting, Round, Take } from "./History.ts"
import { LiveWitness } from "./LiveWitness.ts"
import { RestWitness } from "./RestWitness.ts"
import { WireWitness } from "./WireWitness.ts"

/** What is not seen by a witness but done by the run. */
export interface Deeds {
  readonly presses: ReadonlyArray<Press>
  readonly rentings: ReadonlyArray<Renting>
  readonly takes: ReadonlyArray<Take>
  readonly rounds: ReadonlyArray<Round>
  readonly awaySpans: ReadonlyArray<Life>
}

/** Notes each pulse, with what the edge's disk said in that moment. Made before the stack, as `WireWitness` is. */
export class PulseWitness {
  readonly pulses: Array<Pulse> = []
  edgeData: string | undefined

  readonly hear = ({ lockIndex, at_ms, hook }: HeardPulse): void => {
    const onDisk = this.edgeData === undefined ? new Map<string, number>() : pulsesOnDisk(this.edgeData)
    this.pulses.push({ lock: lockIndex, atMs: at_ms, hook, onDisk })
  }
}

export class Witness {
  readonly wire: WireWitness
  readonly live: LiveWitness
  readonly rest: RestWitness
  readonly #stack: ChaosStack
  readonly #pulses: PulseWitness

  constructor(stack: ChaosStack, pulses: PulseWitness, wire: WireWitness, seed: number) {
    this.#stack = stack
    this.#pulses = pulses
    pulses.edgeData = stack.edgeData
    this.wire = wire
    this.live = new LiveWitness(stack.url, () => stack.rest.token)
    this.rest = new RestWitness(stack.url, () => stack.rest.token, randomOf(seed, "looks"))
  }

  get pulses(): ReadonlyArray<Pulse> {
    return this.#pulses.pulses
  }

  stop(): void {
    this.live.stop()
    this.rest.stop()
  }

  /** Everything that is known now. Postgres, the API and the edge must be there. */
  async history(deeds: Deeds, isOver: boolean): Promise<History> {
    // What was seen and told up to now is judged by what is stored after it: a pulse is known the moment it is heard, its
    // command only when the edge's facts have come.
    const { wire, live, rest } = this
    const heardUntilMs = nowMs()
    const pulses = [...this.pulses]
    const published = [...wire.published]
    const acknowledged = new Map(wire.acknowledged)
    const ends = [...live.ends, ...rest.ends]
    const answered = deeds.presses.length
    const presses = [...deeds.presses]
    const rentings = [...deeds.rentings]
    await this.#factsAreStored()
    const edge = await this.edgeMetrics()
    const account = await readDatabase(this.#stack.databaseUrl)
    // Who has pressed since may be the cause of a command that is there already; what they were answered is not judged yet.
    for (const press of deeds.presses.slice(answered)) presses.push({ ...press, status: undefined })
    return {
      ...account,
      ...deeds,
      presses,
      rentings,
      nowMs: nowMs(),
      isOver,
      heardUntilMs,
      pulses,
      forbiddenFrames: this.#stack.board.others(),
      deliveries: wire.deliveries,
      sightings: [...live.sightings, ...rest.sightings],
      ends,
      published,
      acknowledged,
      lostAtEdge: edge.get("cartwise_journal_lost_total") ?? 0,
      edgeLives: this.#stack.edgeLives,
      glimpses: rest.glimpses,
      skewSeconds: edge.get("cartwise_device_clock_skew_seconds"),
      instants: [...rest.instants],
    }
  }

  /** Waits until the cloud has everything the edge has written down by now; others find out if it never does. */
  async #factsAreStored(): Promise<void> {
    await eventually(
      async () => {
        const edge = await this.edgeMetrics()
        const open = ["cartwise_journal_unacknowledged", "cartwise_journal_pending"].map((name) => edge.get(name) ?? 0)
        if (open.some((facts) => facts > 0)) throw new Error(`${open.join(" and ")} facts are open`)
      },
      { timeoutMs: 20_000, everyMs: 50 },
    ).catch(() => undefined)
  }

  /** The edge's own numbers, by name and labels as they are written: `cartwise_command_rejected_total{reason="busy"}`. */
  async edgeMetrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(this.#stack.edgeMetricsUrl)).text()
    return new Map(
      [...text.matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gmu)].map(
        ([, name = "", value]) => [name, Number(value)] as const,
      ),
    )
  }
}
