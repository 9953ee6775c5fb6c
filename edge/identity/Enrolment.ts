/**
 * Makes a device one of the cloud's: registers it with its claim and its key, and keeps what came back, so that the next
 * start needs no cloud. A claim other than the one it registered with makes it register anew; if the cloud is away then, it
 * runs as who it was. Refused or not answered, it tries again for as long as it takes and says why.
 */
import { createHash, randomBytes } from "node:crypto"
import path from "node:path"

import { Clock, Effect, Option, Random, Result, Schema } from "effect"

import { type DeviceLayout, RegisteredDevice } from "#core/api/DeviceIdentity.ts"
import { readClaimCode } from "#core/domain/ClaimCode.ts"
import { readMacAddress } from "#core/domain/MacAddress.ts"
import { Limits } from "#core/Limits.ts"
import { keyChangeText, registrationText, tokenText } from "#core/wire/DeviceProof.ts"

import type { JoiningDevice } from "../config/JoiningConfig.ts"
import type { CloudAnswer, CloudAway, CloudDoor } from "./CloudDoor.ts"
import type { DeviceKey } from "./DeviceKey.ts"
import { DeviceKeys } from "./DeviceKeys.ts"
import { readOwnFile, writeOwnFile } from "./OwnFile.ts"

/** The key or the identity can not be read or kept; `message` names the file. */
export class IdentityUnusable extends Schema.TaggedError<IdentityUnusable>()("IdentityUnusable", {
  message: Schema.String,
}) {}

/** The cloud answered and did not let the device in. */
export class NotLetIn extends Schema.TaggedError<NotLetIn>()("NotLetIn", {
  message: Schema.String,
  status: Schema.Number,
}) {}

const Identity = Schema.Struct({
  v: Schema.Literal(1),
  /** The SHA-256 of the claim it registered with; null if there was none. */
  claim: Schema.NullOr(Schema.String),
  registered: RegisteredDevice,
})
type Identity = typeof Identity.Type

const decodeIdentity = Schema.decodeUnknownOption(Schema.fromJsonString(Identity))
const decodeAnswer = Schema.decodeUnknownResult(RegisteredDevice)

export class Enrolment {
  readonly #door: CloudDoor
  readonly #device: JoiningDevice
  readonly #keys: DeviceKeys
  readonly #file: string
  readonly #claim: string | undefined
  #identity: Identity | undefined

  private constructor(door: CloudDoor, device: JoiningDevice, keys: DeviceKeys, file: string) {
    this.#door = door
    this.#device = device
    this.#keys = keys
    this.#file = file
    this.#claim = device.claim_code === undefined ? undefined : readClaimCode(device.claim_code)
    this.#identity = Option.getOrUndefined(decodeIdentity(readOwnFile(file) ?? ""))
  }

  /** Opens, or makes, what a device knows of itself in the data folder. */
  static open(dataDir: string, device: JoiningDevice, door: CloudDoor): Effect.Effect<Enrolment, IdentityUnusable> {
    const name = path.resolve(dataDir, "identity", readMacAddress(device.mac_address).replaceAll(":", "-"))
    return Effect.try({
      try: () => new Enrolment(door, device, new DeviceKeys(`${name}.key`), `${name}.json`),
      catch: (cause) =>
        new IdentityUnusable({
          message: `The device's identity at ${name} can not be used: ${cause instanceof Error ? cause.message : String(cause)}`,
        }),
    })
  }

  /** What it registered with last; undefined before it has. */
  get registered(): RegisteredDevice | undefined {
    return this.#identity?.registered
  }

  /** Gives who the device is, with boards to run; takes as long as it takes. */
  get joined(): Effect.Effect<RegisteredDevice> {
    return Effect.gen({ self: this }, function* () {
      const known = this.#identity
      if (known !== undefined && hasBoards(known.registered.layout)) {
        if (known.claim === claimHash(this.#claim) || this.#claim === undefined) return known.registered
        const anew = yield* Effect.result(this.#register)
        if (Result.isSuccess(anew)) return anew.success
        yield* Effect.logWarning(`it could not register with its new claim: ${anew.failure.message}`)
        return known.registered
      }
      return yield* this.#untilJoined
    })
  }

  get #untilJoined(): Effect.Effect<RegisteredDevice> {
    return Effect.gen({ self: this }, function* () {
      let tries = 0
      let said = ""
      while (true) {
        const answer = yield* Effect.result(this.#identity === undefined ? this.#register : this.renew)
        if (Result.isSuccess(answer) && hasBoards(answer.success.layout)) return answer.success
        const why = Result.isSuccess(answer)
          ? "It has joined, and no boards are installed with it yet."
          : answer.failure.message
        if (why !== said) yield* Effect.logWarning(`${why} It is tried again.`)
        said = why
        const isAway = Result.isFailure(answer) && answer.failure._tag === "CloudAway"
        const longestMs = isAway ? Limits.enrolAwayMaxMs : Limits.enrolRetryMaxMs
        const boundMs = Math.min(Limits.enrolRetryFirstMs * 2 ** Math.min(tries++, 20), longestMs)
        yield* Effect.sleep(boundMs * (0.5 + (yield* Random.next) / 2))
      }
    })
  }

  get #register(): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn> {
    return this.#asOneOfOurs((key) => this.#registerWith(key))
  }

  #registerWith(key: DeviceKey): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn> {
    return Effect.gen({ self: this }, function* () {
      const { device_name, serial_number, branch_code, firmware_version = "unknown" } = this.#device
      const ts = yield* Clock.currentTimeMillis
      const proof = {
        claimCode: this.#claim,
        macAddress: readMacAddress(this.#device.mac_address),
        serialNumber: serial_number,
        publicKey: key.publicKey,
        nonce: newNonce(),
        ts,
      }
      const answer = yield* this.#door.post("/devices/register", {
        device_name,
        mac_address: proof.macAddress,
        serial_number,
        ...(branch_code === undefined ? {} : { branch_code }),
        firmware_version,
        ...(this.#claim === undefined ? {} : { claim_code: this.#claim }),
        public_key: proof.publicKey,
        nonce: proof.nonce,
        ts,
        signature: key.sign(registrationText(proof)),
      })
      const registered = yield* granted(answer)
      this.#keep({ v: 1, claim: claimHash(this.#claim), registered })
      yield* Effect.logInfo("the device has joined", { device: registered.device_id })
      return registered
    })
  }

  /** A fresh token, and what is installed now. */
  get renew(): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn> {
    return Effect.suspend(() => {
      const known = this.#identity
      return known === undefined ? this.#register : this.#asOneOfOurs((key) => this.#renewWith(key, known))
    })
  }

  #renewWith(key: DeviceKey, known: Identity): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn> {
    return Effect.gen({ self: this }, function* () {
      const ts = yield* Clock.currentTimeMillis
      const nonce = newNonce()
      const { device_id } = known.registered
      const signature = key.sign(tokenText(device_id, nonce, ts))
      return this.#keepAnswer(
        known,
        yield* granted(yield* this.#door.post(`/devices/${device_id}/token`, { nonce, ts, signature })),
      )
    })
  }

  /** True if the key is so old that it should be changed. */
  isKeyOld(nowMs: number): boolean {
    return this.#keys.next !== undefined || nowMs - this.#keys.madeAtMs > Limits.deviceKeyMs
  }

  /** Changes the key, and gives what the cloud answers to the new one: a fresh token among it. */
  get changeKey(): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn | IdentityUnusable> {
    return Effect.gen({ self: this }, function* () {
      const known = this.#identity
      if (known === undefined) return yield* this.#register
      const next = yield* unlessUnusable("the next key can not be kept", () => this.#keys.begin())
      const ts = yield* Clock.currentTimeMillis
      const nonce = newNonce()
      const { device_id } = known.registered
      const text = keyChangeText(device_id, next.publicKey, nonce, ts)
      const answer = yield* this.#door.post(`/devices/${device_id}/key`, {
        public_key: next.publicKey,
        nonce,
        ts,
        signature: this.#keys.current.sign(text),
        new_signature: next.sign(text),
      })
      const changed = yield* granted(answer)
      yield* unlessUnusable("the new key can not be kept", () => this.#keys.finish())
      yield* Effect.logInfo("the device has changed its key", { device: device_id })
      return this.#keepAnswer(known, changed)
    })
  }

  /**
   * Asks as who the device is. While a change of the key is under way that may be either of two: the cloud knows one of
   * them, and then so does the device.
   */
  #asOneOfOurs(
    ask: (key: DeviceKey) => Effect.Effect<RegisteredDevice, CloudAway | NotLetIn>,
  ): Effect.Effect<RegisteredDevice, CloudAway | NotLetIn> {
    const { current, next } = this.#keys
    if (next === undefined) return ask(current)
    return Effect.gen({ self: this }, function* () {
      const asCurrent = yield* Effect.result(ask(current))
      if (Result.isSuccess(asCurrent)) return asCurrent.success
      if (asCurrent.failure._tag === "CloudAway") return yield* asCurrent.failure
      const asNext = yield* ask(next)
      yield* Effect.ignore(unlessUnusable("the new key can not be kept", () => this.#keys.finish()))
      return asNext
    })
  }

  /** What was let in again has the password it had. */
  #keepAnswer(known: Identity, answer: RegisteredDevice): RegisteredDevice {
    const { password } = known.registered.mqtt_config
    const mqtt_config = { ...answer.mqtt_config, ...(password === undefined ? {} : { password }) }
    const registered = { ...answer, mqtt_config }
    this.#keep({ ...known, registered })
    return registered
  }

  /** A disk that takes nothing costs the next start a question, not this one its device. */
  #keep(identity: Identity): void {
    this.#identity = identity
    try {
      writeOwnFile(this.#file, `${JSON.stringify(identity, undefined, 2)}\n`)
    } catch {
      // It is asked for again.
    }
  }
}

const hasBoards = ({ controllers }: DeviceLayout): boolean => controllers.some(({ bays }) => bays.length > 0)

const unlessUnusable = <A>(what: string, deed: () => A): Effect.Effect<A, IdentityUnusable> =>
  Effect.try({
    try: deed,
    catch: (cause) =>
      new IdentityUnusable({ message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}` }),
  })

const newNonce = (): string => randomBytes(16).toString("base64url")

const claimHash = (claim: string | undefined): string | null =>
  claim === undefined ? null : createHash("sha256").update(claim).digest("hex")

const granted = ({ status, body }: CloudAnswer): Effect.Effect<RegisteredDevice, NotLetIn> => {
  if (status !== 200) {
    const title =
      typeof body === "object" && body !== null && "title" in body ? String(body.title) : "no reason was given"
    return Effect.fail(new NotLetIn({ status, message: `The cloud does not let the device in (${status}): ${title}` }))
  }
  const decoded = decodeAnswer(body)
  if (Result.isSuccess(decoded)) return Effect.succeed(decoded.success)
  return Effect.fail(new NotLetIn({ status, message: "The cloud's answer to the registration can not be read." }))
}
