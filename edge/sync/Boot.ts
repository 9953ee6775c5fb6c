/**
 * The boot handshake: says who this device is until the cloud has answered, and keeps what the answer gives (epoch, the
 * cloud's clock, heartbeat interval). It is repeated on every connection, whenever the cloud asks for it, and every
 * `Limits.clockResyncMs`, because a steady clock drifts.
 */
import { Deferred, Effect, Latch } from "effect"

import { fromInstant, toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BootMessage, BootReply } from "#core/wire/Presence.ts"
import { machines } from "#twins/Machines.ts"

import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "./DeviceTime.ts"
import type { Voice } from "./Voice.ts"

type Accepted = Extract<BootReply, { status: "accepted" }>

export interface BootParts {
  /** The command keys of the cloud that this program knows. */
  readonly kids: ReadonlyArray<string>
  readonly voice: Voice
  readonly journal: Journal
  readonly time: DeviceTime
  /** The configuration in force, as the boot names it. */
  readonly config: () => NonNullable<BootMessage["config"]>
  /** The cloud took the boot: commands may come, facts may go. */
  readonly onAccepted: (reply: Accepted) => void
}

const firmwareUnknown = "unknown"
/** Boots whose answers are still listened to. */
const bootsRemembered = 8

export class Boot {
  readonly #parts: BootParts
  readonly #wanted = Latch.makeUnsafe()
  #reason: BootMessage["reason"] = "start"
  #sent: ReadonlyArray<number> = []
  #answered: Deferred.Deferred<void> = Deferred.makeUnsafe()
  /** No boot is said before this instant of the steady clock. */
  #sayAt = 0
  #newestEpoch = 0
  #heartbeatMs: number = Limits.heartbeatMs

  constructor(parts: BootParts) {
    this.#parts = parts
  }

  get heartbeatMs(): number {
    return this.#heartbeatMs
  }

  /** The handshake has to be made again. */
  again(reason: "reconnect" | "epoch_lost"): void {
    this.#reason = reason
    this.#wanted.openUnsafe()
  }

  /** Boots, and boots again when asked to, for the length of a connection. */
  get run(): Effect.Effect<never> {
    return Effect.forever(
      Effect.gen({ self: this }, function* () {
        this.#wanted.closeUnsafe()
        this.#answered = Deferred.makeUnsafe()
        yield* this.#sayUntilAnswered()
        // A repeated "start" means: no answer was heard. From now on it is another reason.
        this.#reason = "reconnect"
        yield* Effect.timeoutOption(this.#wanted.await, Limits.clockResyncMs)
      }),
    )
  }

  /** Takes an answer from the cloud; false if it is not one to a boot of this program. */
  take(reply: BootReply): boolean {
    const { voice, time } = this.#parts
    if (reply.session !== voice.session) return false
    if (reply.status !== "accepted") {
      this.#sayAt = time.monoMs() + Math.max(reply.retry_ms, Limits.bootRetryMs)
      // Asked for while all seemed well: the cloud has forgotten this connection.
      if (voice.epoch !== undefined) this.again("epoch_lost")
      voice.epoch = undefined
      // It may count anew, as after a database that was restored.
      this.#newestEpoch = 0
      return true
    }
    const serverTimeMs = fromInstant(reply.server_time)
    if (!this.#sent.includes(reply.mono_ms) || Number.isNaN(serverTimeMs)) return false
    // An answer that was overtaken on the way: the cloud takes nothing of that epoch any more.
    if (reply.epoch < this.#newestEpoch) return false
    this.#newestEpoch = reply.epoch
    time.sync.synchronise({ sentAt: reply.mono_ms, receivedAt: time.monoMs(), serverTimeMs })
    this.#heartbeatMs = Math.min(Math.max(reply.heartbeat_ms, Limits.pollEveryMs), Limits.heartbeatMs)
    voice.epoch = reply.epoch
    Deferred.doneUnsafe(this.#answered, Effect.void)
    this.#parts.onAccepted(reply)
    return true
  }

  /** Says it, and again when no answer comes in time; a refusal says when. */
  #sayUntilAnswered(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const { time } = this.#parts
      this.#sayAt = time.monoMs()
      while (!Deferred.isDoneUnsafe(this.#answered)) {
        const leftMs = this.#sayAt - time.monoMs()
        if (leftMs > 0) {
          yield* Effect.timeoutOption(Deferred.await(this.#answered), Math.ceil(leftMs))
          continue
        }
        this.#say()
        this.#sayAt = time.monoMs() + Limits.bootRetryMs
      }
    })
  }

  #say(): void {
    const { voice, journal, time } = this.#parts
    const monoMs = time.monoMs()
    this.#sent = [...this.#sent.slice(1 - bootsRemembered), monoMs]
    const message: BootMessage = {
      v: 1,
      session: voice.session,
      reason: this.#reason,
      firmware_version: voice.device.firmware_version ?? firmwareUnknown,
      machines: {
        device: machines.device.version,
        controller: machines.controller.version,
        bay: machines.bay.version,
        cart: machines.cart.version,
      },
      journal: { id: journal.id(), ...journal.watermarks() },
      config: this.#parts.config(),
      command_keys: this.#parts.kids,
      mono_ms: monoMs,
      at: toInstant(time.nowMs()),
      simulated: voice.device.simulated,
    }
    voice.say("boot", message)
  }
}
