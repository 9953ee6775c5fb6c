/**
 * Lets devices in. What is known of a registration is read in one transaction, whatever is wrong with it, then `admit`
 * decides; so a refusal takes the same work whether or not its branch, claim or device exists. A claim is used, the device's
 * row and twin are there and the credentials before are ended in the same commit; only then are they handed out.
 */
import { Clock, Context, Effect, Layer, Option } from "effect"
import type { SqlError } from "effect/sql"
import {
  type ChangeKey,
  type RegisterDevice,
  type RegisteredDevice,
  RegistrationRefused,
  type RenewToken,
} from "#core/api/DeviceIdentity.ts"
import { NotFound, TooManyRequests } from "#core/api/Problems.ts"
import { readClaimCode } from "#core/domain/ClaimCode.ts"
import { DeviceId } from "#core/domain/Ids.ts"
import { readMacAddress } from "#core/domain/MacAddress.ts"
import { Limits } from "#core/Limits.ts"
import { deviceClientId } from "#core/wire/BrokerPolicy.ts"
import { keyChangeText, registrationText, tokenText } from "#core/wire/DeviceProof.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { initialOf } from "#twins/Twin.ts"
import { Broker } from "../broker/Broker.ts"
import { CommandSigner } from "../commands/CommandSigner.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { Directory } from "../registry/Directory.ts"
import { Settings } from "../Settings.ts"
import { DeviceClaims } from "../store/DeviceClaims.ts"
import { DeviceIdentities } from "../store/DeviceIdentities.ts"
import { DeviceLayouts } from "../store/DeviceLayouts.ts"
import { RegistrationTries } from "../store/RegistrationTries.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { type Admission, admit, type Asked } from "./Admission.ts"
import { brokerHash } from "./BrokerHash.ts"
import { isSignedBy, newSecret, secretHash } from "./DeviceSecrets.ts"
import { DeviceTokens, type IssuedToken } from "./DeviceTokens.ts"

/** A registration as it came. */
export interface Registration {
  readonly body: RegisterDevice
  /** The code of the header, if the body has none. */
  readonly provisioningToken: string | undefined
  /** The bearer token that came with it. */
  readonly bearer: string | undefined
  /** The network address it came from. */
  readonly client: string
}

/** What became of one. */
type Outcome =
  | { readonly was: "taken"; readonly deviceId: string; readonly token: IssuedToken; readonly password: string }
  | { readonly was: "refused"; readonly verdict: Exclude<Admission, { readonly admits: string }> }
  | { readonly was: "limited"; readonly waitMs: number }

export class Enrolment extends Context.Service<
  Enrolment,
  {
    readonly register: (
      registration: Registration,
    ) => Effect.Effect<RegisteredDevice, RegistrationRefused | NotFound | TooManyRequests | SqlError.SqlError>
    /** A fresh token for a device that signs for it with its key. */
    readonly renew: (
      deviceId: string,
      proof: typeof RenewToken.Type,
    ) => Effect.Effect<RegisteredDevice, RegistrationRefused | SqlError.SqlError>
    /** Another key for a device that signs for it with both. */
    readonly changeKey: (
      deviceId: string,
      change: typeof ChangeKey.Type,
    ) => Effect.Effect<RegisteredDevice, RegistrationRefused | SqlError.SqlError>
  }
>()("cartwise/cloud/devices/Enrolment") {
  static readonly layer = Layer.effect(
    Enrolment,
    Effect.gen(function* () {
      const settings = yield* Settings
      const broker = yield* Broker
      const identities = yield* DeviceIdentities
      const claims = yield* DeviceClaims
      const layouts = yield* DeviceLayouts
      const tries = yield* RegistrationTries
      const tokens = yield* DeviceTokens
      const newId = yield* NewId
      const transaction = yield* Transaction
      const twins = yield* Twins
      const directory = yield* Directory
      const signer = yield* CommandSigner
      const commits = yield* Commits
      const vault = yield* PhoneVault

      /** Whether the key of a registration signed for it, in time and for the first time. */
      const prove = Effect.fnUntraced(function* (body: RegisterDevice, claimCode: string | undefined, atMs: number) {
        const { public_key: publicKey = nobodysKey, nonce = "", ts = 0, signature = "" } = body
        const macAddress = readMacAddress(body.mac_address)
        const text = registrationText({ claimCode, macAddress, serialNumber: body.serial_number, publicKey, nonce, ts })
        const isSigned = isSignedBy(publicKey, text, signature)
        if (!isSigned || nonce === "" || Math.abs(atMs - ts) > Limits.proofSkewMs) return false
        return yield* identities.useNonce(publicKey, nonce, atMs)
      })

      const decide = Effect.fnUntraced(function* (registration: Registration, atMs: number) {
        const { body, bearer } = registration
        const sent = body.claim_code ?? registration.provisioningToken
        const claimCode = sent === undefined ? undefined : readClaimCode(sent)
        const macAddress = readMacAddress(body.mac_address)
        const device = yield* identities.holdByMac(macAddress)
        const codeHash = sent === undefined ? undefined : secretHash(claimCode ?? sent)
        const claim = yield* claims.hold({ codeHash, macAddress }, atMs)
        const replaces = claim?.replaces ?? undefined
        const replaced = replaces === undefined ? undefined : yield* identities.hold(replaces)
        const asked: Asked = {
          macAddress,
          branchCode: body.branch_code,
          sentCode: sent !== undefined,
          publicKey: body.public_key,
          isProved: yield* prove(body, claimCode, atMs),
          tokenOf: bearer === undefined ? undefined : yield* tokens.deviceOf(bearer),
        }
        const branches = yield* identities.branchesOf(body.branch_code ?? "")
        return {
          claim,
          verdict: admit(asked, { isOpen: settings.registrationOpen, branches, claim, device, replaced }),
        }
      })

      const enrol = Effect.fnUntraced(function* (
        body: RegisterDevice,
        verdict: Extract<Admission, { readonly admits: string }>,
        atMs: number,
      ) {
        const deviceId = verdict.deviceId ?? (yield* newId)
        const hasKey = body.public_key !== undefined
        const lifetimeMs = hasKey ? Limits.deviceTokenMs : settings.deviceTokenDays * dayMs
        const enrolment = {
          deviceId,
          deviceName: body.device_name,
          macAddress: readMacAddress(body.mac_address),
          serialNumber: body.serial_number,
          firmwareVersion: body.firmware_version,
          publicKey: body.public_key ?? null,
          at: atMs,
        }
        if (verdict.admits === "new") {
          const chainId = yield* identities.insert(verdict.branchId, enrolment)
          yield* twins.insert([newTwin(deviceId, chainId, verdict.branchId, body.device_name, atMs)])
        }
        yield* identities.enrol(enrolment)
        const token = yield* tokens.issue(deviceId, lifetimeMs, atMs)
        // Without a key there is one secret for everything, and it ends with the token.
        const login = hasKey ? newSecret() : token.token
        yield* identities.setLogin(deviceId, brokerHash(login), hasKey ? null : token.expiresAt)
        return { deviceId, token, password: login }
      })

      const attempt = Effect.fnUntraced(function* (registration: Registration, atMs: number) {
        const clientName = vault.nameOf(registration.client, "client")
        const refused = yield* tries.refused(clientName, atMs)
        if (refused.count >= Limits.registrationsRefusedPerClient) {
          return limited(Limits.registrationsRefusedMs - refused.oldestMs)
        }
        const { claim, verdict } = yield* decide(registration, atMs)
        const note = { at: atMs, clientName }
        if ("refuses" in verdict) {
          const outcome = "because" in verdict ? verdict.because : verdict.refuses
          yield* tries.note({ ...note, branchId: null, deviceId: null, outcome, taken: false })
          return { was: "refused", verdict } satisfies Outcome
        }
        const { admits, branchId, usesClaim } = verdict
        if (!usesClaim && (yield* tries.takenIn(branchId, atMs)) >= Limits.registrationsPerBranch) {
          return limited(Limits.registrationsPerBranchMs)
        }
        const { deviceId, token, password } = yield* enrol(registration.body, verdict, atMs)
        if (usesClaim && claim !== undefined) yield* claims.use(claim.id, deviceId, atMs)
        yield* tries.note({ ...note, branchId, deviceId, outcome: admits, taken: true })
        return { was: "taken", deviceId, token, password } satisfies Outcome
      }, transaction.run)

      /** Whether a device that may come signed this with its own key, in time and for the first time. */
      const isOwnWord = Effect.fnUntraced(function* (
        deviceId: string,
        text: string,
        { nonce, ts, signature }: typeof RenewToken.Type,
        atMs: number,
        otherThan?: string,
      ) {
        const device = yield* identities.hold(deviceId)
        const publicKey = device?.publicKey ?? nobodysKey
        const isSigned = isSignedBy(publicKey, text, signature)
        const isOut = device === undefined || device.isArchived || device.isRevoked || device.publicKey === null
        if (!isSigned || isOut || publicKey === otherThan || Math.abs(atMs - ts) > Limits.proofSkewMs) return false
        return yield* identities.useNonce(publicKey, nonce, atMs)
      })

      const granted = Effect.fnUntraced(function* (deviceId: string, token: IssuedToken, password: string | undefined) {
        const layout = yield* layouts.of(deviceId)
        if (layout === undefined) return yield* Effect.die(new Error("a device that was let in is not there"))
        const at = { chainSlug: layout.chain_slug, branchCode: layout.branch_code }
        return {
          device_id: DeviceId.make(deviceId),
          device_token: token.token,
          expires_in: token.expiresInSeconds,
          mqtt_config: {
            broker: Option.getOrElse(settings.mqttPublicBroker, () => broker.host),
            port: Option.getOrElse(settings.mqttPublicPort, () => broker.port),
            topic: deviceTopic(at, deviceId),
            username: deviceId,
            ...(password === undefined ? {} : { password }),
            tls: settings.mqttUseTls,
            client_id: deviceClientId(deviceId),
            protocol: "3.1.1" as const,
          },
          command_keys: [signer.key],
          layout,
        }
      })

      return Enrolment.of({
        register: Effect.fn("Enrolment.register")(function* (registration) {
          const atMs = yield* Clock.currentTimeMillis
          const outcome = yield* attempt(registration, atMs)
          switch (outcome.was) {
            case "limited":
              return yield* new TooManyRequests({ retry_after_s: Math.max(1, Math.ceil(outcome.waitMs / 1_000)) })
            case "refused":
              yield* Effect.logWarning("a registration was refused", outcome.verdict)
              if (outcome.verdict.refuses === "registration_refused") return yield* new RegistrationRefused({})
              return yield* new NotFound({ detail: "Branch not found" })
            case "taken": {
              const { deviceId, token, password } = outcome
              // Whoever had its place before is out.
              yield* tokens.forget(deviceId)
              yield* directory.reload
              yield* broker.recheck(deviceId)
              yield* commits.publish({ devices: [deviceId] })
              yield* Effect.logInfo("a device has registered", { deviceId })
              return yield* granted(deviceId, token, password)
            }
          }
        }),
        renew: Effect.fn("Enrolment.renew")(function* (deviceId, proof) {
          const atMs = yield* Clock.currentTimeMillis
          const { nonce, ts } = proof
          const token = yield* Effect.gen(function* () {
            if (!(yield* isOwnWord(deviceId, tokenText(deviceId, nonce, ts), proof, atMs))) return undefined
            return yield* tokens.issue(deviceId, Limits.deviceTokenMs, atMs)
          }).pipe(transaction.run)
          return token === undefined ? yield* new RegistrationRefused({}) : yield* granted(deviceId, token, undefined)
        }),
        changeKey: Effect.fn("Enrolment.changeKey")(function* (deviceId, change) {
          const atMs = yield* Clock.currentTimeMillis
          const { public_key: publicKey, nonce, ts, new_signature: newSignature } = change
          const text = keyChangeText(deviceId, publicKey, nonce, ts)
          const token = yield* Effect.gen(function* () {
            const isProved = isSignedBy(publicKey, text, newSignature)
            if (!(yield* isOwnWord(deviceId, text, change, atMs, publicKey)) || !isProved) return undefined
            yield* identities.changeKey(deviceId, publicKey, atMs)
            return yield* tokens.issue(deviceId, Limits.deviceTokenMs, atMs)
          }).pipe(transaction.run)
          if (token === undefined) {
            yield* Effect.logWarning("a change of a device's key was refused", { deviceId, "event.kind": "security" })
            return yield* new RegistrationRefused({})
          }
          yield* tokens.forget(deviceId)
          yield* commits.publish({ devices: [deviceId] })
          yield* Effect.logInfo("a device has another key", { deviceId, "event.kind": "security" })
          return yield* granted(deviceId, token, undefined)
        }),
      })
    }),
  )
}

const dayMs = 24 * 3_600_000

/** A key that nobody has, verified against where there is none: the work is the same. */
const nobodysKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

const limited = (waitMs: number): Outcome => ({ was: "limited", waitMs })

const newTwin = (deviceId: string, chainId: string, branchId: string, label: string, atMs: number) => ({
  held: {
    ref: { kind: "device" as const, id: deviceId },
    deviceId,
    placement: 0,
    stored: initialOf("device", atMs),
    changedAt: atMs,
    freshAt: null,
    edgeSeq: 0,
  },
  chainId,
  branchId,
  controllerId: null,
  label,
})
