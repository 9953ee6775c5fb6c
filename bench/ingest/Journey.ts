/**
 * What happens at one bay and to the cart in it, for ever: a command opens the lock, the cart goes shopping, comes back and
 * counts as returned. Stepped by the same machines as an edge would, so every fact is one that a real edge could send:
 * ten facts a round, no two in a row of the same state.
 */
import { randomUUID } from "node:crypto"
import type { BayEvent, Hook, Presence } from "#core/domain/Bay.ts"
import { BayId, CartId, CommandId, type TwinRef } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { TwinFact } from "#core/wire/Facts.ts"
import { dockEventFor } from "#twins/cart/Dock.ts"
import { valueOfHost } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { bayIdOf, cartIdOf } from "./Fleet.ts"

/** A fact before it has its place in a journal. */
export type UnplacedFact = Omit<TwinFact, "seq">

const settled = "xstate.after.settle.bay.latch.settling"

export class Journey {
  readonly #bay: TwinRef
  readonly #cart: TwinRef
  #bayState: Stored
  #cartState: Stored
  #nowMs: number
  #command = CommandId.make(randomUUID())
  #at = 0
  readonly #waiting: Array<UnplacedFact> = []

  /** The bay and cart of a device's slot, of which nothing is known yet; its own clock starts at `startMs`. */
  constructor(device: number, slot: number, startMs: number) {
    this.#bay = { kind: "bay", id: BayId.make(bayIdOf(device, slot)) }
    this.#cart = { kind: "cart", id: CartId.make(cartIdOf(device, slot)) }
    this.#bayState = initialOf("bay", startMs)
    this.#cartState = initialOf("cart", startMs)
    this.#nowMs = startMs
  }

  next(): UnplacedFact {
    while (this.#waiting.length === 0) this.#goOn()
    return this.#waiting.shift() as UnplacedFact
  }

  #goOn(): void {
    const event = this.#happens(this.#at)
    this.#at = this.#at === 6 ? 1 : this.#at + 1
    const bay = this.#take(this.#bay, this.#bayState, event)
    this.#bayState = bay
    const dock = dockEventFor(bay.value, event.at)
    if (dock !== undefined && step(this.#cartState, dock).accepted) {
      this.#cartState = this.#take(this.#cart, this.#cartState, dock)
    }
  }

  #happens(at: number): BayEvent {
    const observed = (hook: Hook, presence: Presence, afterMs: number): BayEvent => {
      this.#nowMs += afterMs
      return { type: "bay.observed", hook, presence, at: this.#nowMs }
    }
    switch (at) {
      case 1:
        this.#command = CommandId.make(randomUUID())
        this.#nowMs += 100
        return {
          type: "bay.unlock",
          commandId: this.#command,
          expiresAt: this.#nowMs + Limits.commandLifetimeMs,
          at: this.#nowMs,
        }
      case 2:
        this.#nowMs += 10
        return { type: "bay.pulsed", commandId: this.#command, at: this.#nowMs }
      case 3:
        return observed("open", "present", 150)
      case 4:
        return observed("open", "absent", 400)
      case 5:
        return observed("closed", "present", 1_000)
      case 6: {
        const dueAt = this.#bayState.deadlines.find(({ id }) => id === settled)?.dueAt ?? 0
        this.#nowMs = dueAt
        return { type: "deadline.due", id: settled, dueAt, at: dueAt }
      }
      default:
        return observed("closed", "present", 0)
    }
  }

  #take(twin: TwinRef, stored: Stored, event: TwinEvent): Stored {
    const { next, intents, accepted, reason } = step(stored, event)
    if (!accepted) throw new Error(`the ${twin.kind} refuses ${event.type}: ${reason}`)
    const announced = intents.flatMap((intent) => (intent.type === "announce" ? [intent.params] : []))
    const command = "commandId" in event ? event.commandId : announced.find(({ commandId }) => commandId)?.commandId
    this.#waiting.push({
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
