/**
 * `carts/{id}/status`, retained: where each cart's dock stands, for whoever only looks. Said when it has changed, after
 * what must not wait, and on every new connection; a hint, never the truth.
 */
import { Effect, Latch } from "effect"

import { CartStatusMessage } from "#core/wire/Presence.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { isLocked, regionWord } from "#twins/Words.ts"

import type { Placement } from "../config/Placement.ts"
import type { HostedTwin } from "../hub/Hub.ts"
import type { DeviceTime } from "./DeviceTime.ts"
import type { Voice } from "./Voice.ts"

export class CartHints {
  readonly #parts: { readonly placement: Placement; readonly voice: Voice; readonly time: DeviceTime }
  readonly #said = new Map<string, string>()
  readonly #unsaid = new Map<string, HostedTwin>()
  readonly #wake = Latch.makeUnsafe()

  constructor(parts: { readonly placement: Placement; readonly voice: Voice; readonly time: DeviceTime }) {
    this.#parts = parts
  }

  /** A twin has changed: says so soon if it is a cart whose dock did. */
  noticed(twin: HostedTwin): void {
    if (twin.ref.kind !== "cart") return
    this.#unsaid.set(twin.ref.id, twin)
    this.#wake.openUnsafe()
  }

  /** Says what was noticed, until interrupted. */
  get run(): Effect.Effect<never> {
    return Effect.forever(
      Effect.gen({ self: this }, function* () {
        yield* this.#wake.await
        // Lock, journal and facts go first.
        yield* Effect.yieldNowWith(2)
        this.#wake.closeUnsafe()
        for (const twin of this.#unsaid.values()) this.#sayNews(twin)
        this.#unsaid.clear()
      }),
    )
  }

  #sayNews({ ref, stored }: HostedTwin): void {
    const dock = regionWord(stored.value, "dock")
    if (this.#said.get(ref.id) === dock) return
    this.#said.set(ref.id, dock)
    this.#say(ref.id, dock, isLocked(stored.value))
  }

  /** These carts are another device's to speak of now. */
  forget(carts: ReadonlyArray<string>): void {
    for (const cart of carts) {
      this.#said.delete(cart)
      this.#unsaid.delete(cart)
    }
  }

  /** Says all of them. */
  sayAll(twins: ReadonlyArray<HostedTwin>): void {
    this.#said.clear()
    for (const twin of twins) if (twin.ref.kind === "cart") this.#sayNews(twin)
  }

  #say(cartId: string, dock: string, locked: boolean | null): void {
    const { placement, voice, time } = this.#parts
    const bay = placement.bayOfCart.get(cartId)
    if (bay === undefined || !isDock(dock)) return
    const message: CartStatusMessage = {
      v: 1,
      session: voice.session,
      device_id: voice.device.id,
      bay: bay.label,
      dock,
      is_locked: locked,
      at: toInstant(time.nowMs()),
      simulated: voice.device.simulated,
    }
    voice.sayOfCart(cartId, message)
  }
}

const isDock = (word: string): word is CartStatusMessage["dock"] =>
  CartStatusMessage.fields.dock.literals.some((dock) => dock === word)
