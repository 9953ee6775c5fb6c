/**
 * A bay whose cart is lent again and again, stepped by the same machines as an edge would: what it says when its unlock
 * comes, when the cart is pushed back, and when it has stayed there. Whoever pulls the cart does so at once.
 */
import type { BayEvent } from "#core/domain/Bay.ts"
import type { CommandStage } from "#core/domain/Command.ts"
import { BayId, CartId, CommandId, type TwinRef } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import type { CommandFact, TwinFact } from "#core/wire/Facts.ts"
import { dockEventFor } from "#twins/cart/Dock.ts"
import { valueOfHost } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { bayIdOf, cartIdOf } from "../ingest/Fleet.ts"

/** A fact before it has its place in a journal. */
export type UnplacedFact = Omit<TwinFact, "seq"> | Omit<CommandFact, "seq">

const settled = "xstate.after.settle.bay.latch.settling"

export class LentBay {
  readonly #bay: TwinRef
  readonly #cart: TwinRef
  #bayState: Stored
  #cartState: Stored
  #said: Array<UnplacedFact> = []

  constructor(device: number, slot: number, atMs: number) {
    this.#bay = { kind: "bay", id: BayId.make(bayIdOf(device, slot)) }
    this.#cart = { kind: "cart", id: CartId.make(cartIdOf(device, slot)) }
    this.#bayState = initialOf("bay", atMs)
    this.#cartState = initialOf("cart", atMs)
  }

  get id(): string {
    return this.#bay.id
  }

  /** It is read for the first time, and holds its cart. */
  seen(at: number): ReadonlyArray<UnplacedFact> {
    return this.#say([{ type: "bay.observed", hook: "closed", presence: "present", at }])
  }

  /** Its unlock has come: one pulse, the hook opens, somebody pulls the cart. */
  lent(commandId: CommandId, expiresAt: number, at: number): ReadonlyArray<UnplacedFact> {
    this.#stage(commandId, "accepted", 0, at)
    this.#happen({ type: "bay.unlock", commandId, expiresAt, at })
    this.#stage(commandId, "executing", 0, at)
    this.#happen({ type: "bay.pulsed", commandId, at })
    this.#stage(commandId, "executed", 1, at)
    this.#happen({ type: "bay.observed", hook: "open", presence: "present", at })
    this.#stage(commandId, "confirmed", 1, at)
    return this.#say([{ type: "bay.observed", hook: "open", presence: "absent", at }])
  }

  /** The cart is pushed back. */
  pushedBack(at: number): ReadonlyArray<UnplacedFact> {
    return this.#say([{ type: "bay.observed", hook: "closed", presence: "present", at }])
  }

  /** When it will have stayed long enough, milliseconds UTC. */
  get settlesAt(): number {
    return this.#bayState.deadlines.find(({ id }) => id === settled)?.dueAt ?? 0
  }

  /** It has stayed: the return counts. */
  settled(): ReadonlyArray<UnplacedFact> {
    const dueAt = this.settlesAt
    return this.#say([{ type: "deadline.due", id: settled, dueAt, at: dueAt }])
  }

  #say(events: ReadonlyArray<BayEvent>): ReadonlyArray<UnplacedFact> {
    for (const event of events) this.#happen(event)
    const said = this.#said
    this.#said = []
    return said
  }

  #happen(event: BayEvent): void {
    this.#bayState = this.#take(this.#bay, this.#bayState, event)
    const dock = dockEventFor(this.#bayState.value, event.at)
    if (dock !== undefined && step(this.#cartState, dock).accepted) {
      this.#cartState = this.#take(this.#cart, this.#cartState, dock)
    }
  }

  #stage(command_id: CommandId, stage: CommandStage, pulses: number, at: number): void {
    this.#said.push({ fact: "command", command_id, stage, pulses, at })
  }

  #take(twin: TwinRef, stored: Stored, event: TwinEvent): Stored {
    const { next, intents, accepted, reason } = step(stored, event)
    if (!accepted) throw new Error(`the ${twin.kind} refuses ${event.type}: ${reason}`)
    const announced = intents.flatMap((intent) => (intent.type === "announce" ? [intent.params] : []))
    const command = "commandId" in event ? event.commandId : announced.find(({ commandId }) => commandId)?.commandId
    this.#said.push({
      fact: "twin",
      twin,
      event,
      accepted,
      value: valueOfHost(twin.kind, next.value, "edge"),
      announces: announced.map(({ what }) => what),
      ...(command === undefined ? {} : { command_id: CommandId.make(command) }),
    })
    return next
  }
}
