/**
 * The configuration in force on a device, and what becomes of the ones the cloud offers.
 *
 * An offer is checked whole, waits until no unlock is under way on the bays it changes, is made durable, and only then put
 * in force, at once and without a restart. One that can not be is refused whole with everything that is wrong with it, and
 * the old one stays. Either way the device says so, with a revision of its own. A retained offer counts only when the
 * boot's answer names it: a broker may have kept an old one.
 */
import { Effect, Latch, Option, Result, Semaphore } from "effect"

import { canonicalJson } from "#core/config/CanonicalJson.ts"
import { type ConfigDocument, hashOf, type Timing } from "#core/config/ConfigDocument.ts"
import type { BayService } from "#core/domain/Bay.ts"
import type { BayId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { ConfigDesired, ConfigName, ConfigProblem, ConfigReported } from "#core/wire/Config.ts"
import type { BootReply } from "#core/wire/Presence.ts"

import type { Hub } from "../hub/Hub.ts"
import type { Disk } from "../journal/Disk.ts"
import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { Voice } from "../sync/Voice.ts"
import { checkConfig } from "./ConfigCheck.ts"
import { type ConfigRecord, writeConfigRecord } from "./ConfigRecord.ts"
import type { LivePlacement, Rearranged } from "./Placement.ts"
import type { StartedConfig } from "./StartedConfig.ts"

/** What became of an offer. */
export type ConfigOutcome =
  | { readonly _tag: "InForce"; readonly name: ConfigName }
  | { readonly _tag: "Refused"; readonly errors: ReadonlyArray<ConfigProblem> }
  /** The cloud has offered nothing. */
  | { readonly _tag: "NoOffer" }

/** What a configuration acts on. */
export interface ConfigurationParts {
  readonly disk: Disk
  readonly time: DeviceTime
  readonly voice: Voice
  readonly hub: Hub
  readonly journal: Journal
  /** Carts, bays or boards are not what they were: for those who keep anything of their own about them. */
  readonly onRearranged: (change: Rearranged) => void
  /** The cloud wants nothing else than what is in force, or nothing that can be: from now on this device may speak of its carts. */
  readonly onSettled: () => void
}

export class Configuration {
  readonly #parts: ConfigurationParts
  readonly #placement: LivePlacement
  readonly #firmwareProblems: StartedConfig["firmwareProblems"]
  readonly #one = Semaphore.makeUnsafe(1)
  readonly #bayStepped = Latch.makeUnsafe()
  readonly #wanted = Latch.makeUnsafe()
  #record: ConfigRecord
  #document: ConfigDocument
  /** The newest offer, and the one the cloud named in its last answer to a boot. */
  #offer: ConfigDesired | undefined
  #named: ConfigName | undefined

  constructor({ placement, record, document, firmwareProblems }: StartedConfig, parts: ConfigurationParts) {
    this.#parts = parts
    this.#firmwareProblems = firmwareProblems
    this.#placement = placement
    this.#record = record
    this.#document = document
    parts.hub.subscribe(({ ref }) => void (ref.kind === "bay" && this.#bayStepped.openUnsafe()))
  }

  /** What the boot says of it. */
  get name(): ConfigName & { readonly revision: number } {
    const { version, hash, revision } = this.#record
    return { version, hash, revision }
  }

  /** The document in force. */
  get document(): ConfigDocument {
    return this.#document
  }

  get timing(): Timing {
    return this.#document.timing
  }

  /** Works off offers, the newest only, until interrupted; first what the run before left undone. */
  get run(): Effect.Effect<never> {
    const next = Effect.suspend((): Effect.Effect<unknown> => {
      this.#wanted.closeUnsafe()
      return this.applyNow
    })
    return Effect.andThen(
      Effect.suspend(() => this.#serve(this.#record)),
      Effect.forever(Effect.andThen(this.#wanted.await, next)),
    )
  }

  /** The cloud offers a configuration. */
  take(offer: ConfigDesired, retained: boolean): void {
    this.#offer = offer
    if (!retained || isNamed(offer, this.#named)) this.#wanted.openUnsafe()
  }

  /** The cloud answered a boot: it says what it wants and whether it lacks the device's own word. */
  takeReply(config: Extract<BootReply, { status: "accepted" }>["config"]): void {
    this.#named = config?.desired ?? undefined
    if (config?.report === true) this.#say()
    if (this.#offer !== undefined && isNamed(this.#offer, this.#named)) this.#wanted.openUnsafe()
    if (this.#named === undefined || this.#named.hash === this.#record.hash) this.#parts.onSettled()
  }

  /** Compares with the newest offer and puts it in force now, also if it was refused before. */
  get applyNow(): Effect.Effect<ConfigOutcome> {
    return Effect.suspend(() =>
      this.#offer === undefined ? Effect.succeed<ConfigOutcome>({ _tag: "NoOffer" }) : this.#consider(this.#offer),
    )
  }

  #consider(offer: ConfigDesired): Effect.Effect<ConfigOutcome> {
    return this.#one.withPermit(
      Effect.gen({ self: this }, function* () {
        const { version, hash } = this.#record
        if (offer.hash === hash && hashOf(offer.document) === hash) {
          if (offer.version > version) yield* this.#renumber(offer.version)
          return this.#inForce()
        }
        const checked = checkConfig(offer, { version, placement: this.#placement })
        if (Result.isFailure(checked)) return yield* this.#refuse(offer, checked.failure)
        const change = this.#changeTo(checked.success)
        return yield* Effect.ensuring(
          this.#putInForce(offer, checked.success, change),
          Effect.sync(() => this.#parts.hub.reserve([])),
        )
      }),
    )
  }

  #putInForce(offer: ConfigDesired, document: ConfigDocument, change: Change): Effect.Effect<ConfigOutcome> {
    return Effect.gen({ self: this }, function* () {
      const { disk, hub, onRearranged, time } = this.#parts
      hub.reserve(change.bays)
      if (!(yield* this.#quiet(change.bays))) {
        return yield* this.#refuse(offer, [{ path: "", message: "unlocks are under way on bays that it changes" }])
      }
      const record: ConfigRecord = {
        ...this.#record,
        revision: this.#record.revision + 1,
        version: offer.version,
        hash: offer.hash,
        applied_at: toInstant(time.nowMs()),
        document: offer.document,
        refused: this.#refusedOf(offer, document),
        serving: change.serving,
      }
      const stored = yield* Effect.result(writeConfigRecord(disk, record))
      if (Result.isFailure(stored)) {
        return yield* this.#refuse(offer, [{ path: "", message: `it can not be stored: ${stored.failure.message}` }])
      }
      this.#record = record
      this.#document = document
      const rearranged = this.#placement.take(document)
      hub.rearrange(rearranged)
      onRearranged(rearranged)
      yield* Effect.logInfo("a configuration is in force", { version: offer.version, hash: offer.hash })
      this.#say()
      this.#parts.onSettled()
      yield* this.#serve(record)
      return this.#inForce()
    })
  }

  /** What of a configuration in force is refused all the same: a program that can not be verified. */
  #refusedOf({ version, hash }: ConfigName, document: ConfigDocument): ConfigRecord["refused"] {
    const errors = this.#firmwareProblems(document)
    return errors.length === 0 ? null : { version, hash, errors }
  }

  #inForce(): ConfigOutcome {
    const { version, hash } = this.#record
    return { _tag: "InForce", name: { version, hash } }
  }

  /** The same content under a newer number: nothing changes but the number. */
  #renumber(version: number): Effect.Effect<void> {
    const refused = this.#refusedOf({ version, hash: this.#record.hash }, this.#document)
    const record = { ...this.#record, version, revision: this.#record.revision + 1, refused }
    return Effect.matchEffect(writeConfigRecord(this.#parts.disk, record), {
      // It is offered again at the next boot.
      onFailure: (error) => Effect.logWarning(`the configuration could not be stored: ${error.message}`),
      onSuccess: () =>
        Effect.sync(() => {
          this.#record = record
          this.#say()
        }),
    })
  }

  #refuse({ version, hash }: ConfigDesired, errors: ReadonlyArray<ConfigProblem>): Effect.Effect<ConfigOutcome> {
    return Effect.gen({ self: this }, function* () {
      const refused = { version, hash, errors }
      if (canonicalJson(refused) !== canonicalJson(this.#record.refused)) {
        this.#record = { ...this.#record, refused, revision: this.#record.revision + 1 }
        yield* Effect.ignore(writeConfigRecord(this.#parts.disk, this.#record))
        yield* Effect.logWarning("a configuration is refused", { version, hash, errors })
        this.#say()
      }
      this.#parts.onSettled()
      return { _tag: "Refused", errors } as const
    })
  }

  /** Which bays an offer would change, and which of them would be used otherwise by people. */
  #changeTo(document: ConfigDocument): Change {
    const settings = new Map(document.bays.map((bay) => [bay.id, bay]))
    const boards = new Map(document.boards.map((board) => [board.id, board]))
    const before = servicesOf(this.#document)
    const bays: Array<BayId> = []
    const serving: Array<BayId> = []
    for (const bay of this.#placement.bays.values()) {
      const wanted = settings.get(bay.id)
      const board = boards.get(bay.board.controller)
      const moved = (wanted?.cart?.id ?? null) !== bay.cart || (wanted?.cart?.placement ?? 0) !== bay.placement
      const served = wanted !== undefined && wanted.service !== (before.get(bay.id) ?? "inService")
      const turned =
        board !== undefined &&
        (board.hook_closed_bit !== bay.board.hookClosedBit || board.presence_bit !== bay.board.presenceBit)
      if (moved || served || turned) bays.push(bay.id)
      if (served) serving.push(bay.id)
    }
    return { bays, serving }
  }

  /** Waits until no unlock is under way on any of these; false if that takes too long. */
  #quiet(bays: ReadonlyArray<BayId>): Effect.Effect<boolean> {
    const wait = Effect.suspend((): Effect.Effect<void> => {
      this.#bayStepped.closeUnsafe()
      if (!bays.some((bay) => this.#parts.hub.isUnlocking(bay))) return Effect.void
      return Effect.andThen(this.#bayStepped.await, wait)
    })
    return Effect.map(Effect.timeoutOption(wait, Limits.configQuietMs), Option.isSome)
  }

  /** Tells the bays how people may use them now, and forgets that it had to once that is durable. */
  #serve(record: ConfigRecord): Effect.Effect<void> {
    if (record.serving.length === 0) return Effect.void
    const { disk, hub, journal, time } = this.#parts
    const services = servicesOf(this.#document)
    for (const id of record.serving) {
      const service = services.get(id)
      if (service !== undefined) hub.setService(id, service, time.nowMs())
    }
    return Effect.gen({ self: this }, function* () {
      if (!(yield* isDurable(journal))) return
      this.#record = { ...this.#record, serving: [] }
      yield* Effect.ignore(writeConfigRecord(disk, this.#record))
    })
  }

  #say(): void {
    const { revision, version, hash, applied_at, document, refused } = this.#record
    const report: ConfigReported = {
      v: 1,
      session: this.#parts.voice.session,
      revision,
      version,
      hash,
      applied_at,
      document,
      refused,
    }
    this.#parts.voice.say("config/reported", report)
  }
}

/** True once everything recorded so far is on disk, false if the disk takes nothing. */
const isDurable = (journal: Journal): Effect.Effect<boolean> =>
  Effect.scoped(
    Effect.gen(function* () {
      const news = Latch.makeUnsafe()
      yield* journal.subscribe(() => news.openUnsafe())
      while (true) {
        news.closeUnsafe()
        const { failure, pending } = journal.status()
        if (failure !== undefined) return false
        if (pending === 0) return true
        yield* news.await
      }
    }),
  )

interface Change {
  readonly bays: ReadonlyArray<BayId>
  readonly serving: ReadonlyArray<BayId>
}

const servicesOf = ({ bays }: ConfigDocument): ReadonlyMap<string, BayService> =>
  new Map(bays.map(({ id, service }) => [id, service]))

const isNamed = (offer: ConfigDesired, name: ConfigName | undefined): boolean =>
  name !== undefined && offer.version === name.version && offer.hash === name.hash
