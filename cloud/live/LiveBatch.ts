/**
 * What is shown at one time, and who is to be sent what of it. Clients with the same audience are sent the same bytes: what it
 * costs to choose and to encode depends on how many audiences there are and what concerns them, and not on how many clients.
 * Pure.
 */
import type { Alarm } from "#core/api/Alarm.ts"
import type { LiveCommand, Twin } from "#core/api/Twins.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { type Instant, toInstant } from "#core/domain/Instant.ts"
import type { StageMoved } from "../store/CommandStages.ts"
import { ByPlace, type Place } from "./ByPlace.ts"
import type { Audience } from "./LiveClient.ts"
import { encodeDelta, textOf } from "./LiveEncoding.ts"

/** A stage that a command reached, and what it is about: its bay and, if there is one, the cart in it. */
export interface PlacedStage {
  readonly moved: StageMoved
  readonly places: ReadonlyArray<Place>
}

/** What one audience is to be sent. */
export interface Share {
  readonly messages: ReadonlyArray<Uint8Array>
  readonly stages: ReadonlyArray<StageMoved>
}

const nothing: Share = { messages: [], stages: [] }

const toLiveCommand = ({ command_id, stage, reason, at }: StageMoved): typeof LiveCommand.Type => ({
  command_id: CommandId.make(command_id),
  stage,
  reason,
  at: toInstant(at),
})

export class LiveBatch {
  readonly #twins = new ByPlace<string>()
  readonly #stages = new ByPlace<StageMoved>()
  readonly #alarms = new ByPlace<Alarm>()
  readonly #serverTime: Instant
  readonly #shares = new Map<string, Share>()

  constructor(
    twins: ReadonlyArray<Twin>,
    stages: ReadonlyArray<PlacedStage>,
    alarms: ReadonlyArray<Alarm>,
    nowMs: number,
  ) {
    for (const twin of twins) this.#twins.add(twin, textOf(twin))
    for (const { moved, places } of stages) for (const place of places) this.#stages.add(place, moved)
    for (const alarm of alarms) this.#alarms.add({ ...alarm, ...alarm.about }, alarm)
    this.#serverTime = toInstant(nowMs)
  }

  /** What concerns an audience; no messages if nothing does. To who is catching up it says so. */
  shareOf(audience: Audience, catchingUp = false): Share {
    const name = `${catchingUp} ${audience.name}`
    const known = this.#shares.get(name)
    if (known !== undefined) return known
    const made = this.#make(audience, catchingUp)
    this.#shares.set(name, made)
    return made
  }

  #make({ scopes, access }: Audience, catchingUp: boolean): Share {
    const twins = this.#twins.within(scopes, access)
    // A command is placed at its bay and at its cart, so a scope with both in it finds it twice.
    const stages = [...new Set(this.#stages.within(scopes, access))]
    const alarms = this.#alarms.within(scopes, access)
    if (twins.length + stages.length + alarms.length === 0) return nothing
    const commands = stages.map(toLiveCommand)
    return { messages: encodeDelta({ twins, commands, alarms, catchingUp, server_time: this.#serverTime }), stages }
  }
}
