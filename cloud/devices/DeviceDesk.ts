/** What staff do with devices: claims for new ones, names, and putting one out, which works everywhere within seconds. */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Claim, MadeClaim, NewClaim } from "#core/api/DeviceRecords.ts"
import type { Person } from "#core/api/Authorization.ts"
import { ClaimRefused } from "#core/api/Problems.ts"
import { shownClaimCode } from "#core/domain/ClaimCode.ts"
import { readMacAddress } from "#core/domain/MacAddress.ts"
import { Limits } from "#core/Limits.ts"
import { Audit } from "../audit/Audit.ts"
import { Broker } from "../broker/Broker.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
import { NewId } from "../NewId.ts"
import { Branches } from "../store/Branches.ts"
import { DeviceClaims } from "../store/DeviceClaims.ts"
import { DeviceIdentities } from "../store/DeviceIdentities.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Connections } from "../sync/Connections.ts"
import { Presence } from "../sync/Presence.ts"
import { newClaimCode, secretHash } from "./DeviceSecrets.ts"
import { DeviceTokens } from "./DeviceTokens.ts"

export interface PuttingOut {
  readonly by: Person
  readonly reason: string | null
  /** For good. */
  readonly archive: boolean
}

export class DeviceDesk extends Context.Service<
  DeviceDesk,
  {
    readonly claim: (
      wanted: typeof NewClaim.Type,
      by: Person,
    ) => Effect.Effect<typeof MadeClaim.Type, ClaimRefused | SqlError.SqlError>
    /** Ends an open claim; gives it as it is then, undefined if there is none. */
    readonly withdraw: (id: string, by: Person) => Effect.Effect<Claim | undefined, SqlError.SqlError>
    readonly rename: (deviceId: string, name: string, by: Person) => Effect.Effect<void, SqlError.SqlError>
    /** Ends every credential; `archive`: for good. */
    readonly putOut: (deviceId: string, cause: PuttingOut) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/devices/DeviceDesk") {
  static readonly layer = Layer.effect(
    DeviceDesk,
    Effect.gen(function* () {
      const claims = yield* DeviceClaims
      const identities = yield* DeviceIdentities
      const tokens = yield* DeviceTokens
      const newId = yield* NewId
      const transaction = yield* Transaction
      const twins = yield* Twins
      const directory = yield* Directory
      const connections = yield* Connections
      const presence = yield* Presence
      const commits = yield* Commits
      const broker = yield* Broker
      const audit = yield* Audit
      const branches = yield* Branches

      const whyNotReplace = Effect.fnUntraced(function* (branchId: string, replaces: string | undefined) {
        if (replaces === undefined) return undefined
        const device = yield* identities.hold(replaces)
        if (device === undefined || device.branch.id !== branchId) return "replaced_elsewhere" as const
        return device.isArchived ? ("archived" as const) : undefined
      })

      const claim = Effect.fnUntraced(function* (wanted: typeof NewClaim.Type, by: Person) {
        const { branch_id: branchId, keyless = false, mac_address, replaces, note } = wanted
        const createdAt = yield* Clock.currentTimeMillis
        if (keyless && mac_address === undefined) return yield* new ClaimRefused({ reason: "keyless_needs_mac" })
        const why = yield* whyNotReplace(branchId, replaces)
        if (why !== undefined) return yield* new ClaimRefused({ reason: why })
        if ((yield* claims.openIn(branchId, createdAt)) >= Limits.claimsPerBranch) {
          return yield* new ClaimRefused({ reason: "too_many_open" })
        }
        const code = keyless ? null : newClaimCode()
        const made = yield* claims.make({
          id: yield* newId,
          branchId,
          codeHash: code === null ? null : secretHash(code),
          macAddress: mac_address === undefined ? null : readMacAddress(mac_address),
          keyless,
          replaces: replaces ?? null,
          note: note ?? null,
          createdBy: by.email,
          createdAt,
        })
        yield* audit.write({
          by,
          action: "claim.made",
          place: { branchId, chainId: yield* branches.chainOf(branchId) },
          target: { kind: "claim", id: made.id },
          reason: note ?? null,
          details: { keyless, mac_address: made.mac_address, replaces: made.replaces },
        })
        return { ...made, claim_code: code === null ? null : shownClaimCode(code) }
      }, transaction.run)

      const end = Effect.fnUntraced(function* (deviceId: string, { by, reason, archive }: PuttingOut) {
        const at = yield* Clock.currentTimeMillis
        yield* identities.revoke(deviceId, at, archive)
        yield* audit.write({
          by,
          action: archive ? "device.archived" : "device.revoked",
          place: directory.find(deviceId) ?? {},
          target: { kind: "device", id: deviceId },
          reason,
        })
        if (!archive) return
        const ref = { kind: "device" as const, id: deviceId }
        const batch = yield* twins.hold([ref])
        batch.apply(ref, { type: "device.decommissioned", at }, { actor: by.email })
        yield* twins.save(batch)
      }, transaction.run)

      return DeviceDesk.of({
        claim: Effect.fn("DeviceDesk.claim")(claim),
        withdraw: Effect.fn("DeviceDesk.withdraw")(function* (id, by) {
          const at = yield* Clock.currentTimeMillis
          const ending = Effect.andThen(claims.withdraw(id, at), claims.byId(id, at))
          return yield* audit.during(ending, (claim) =>
            claim === undefined
              ? undefined
              : { by, action: "claim.withdrawn", place: { branchId: claim.branch_id }, target: { kind: "claim", id } },
          )
        }),
        rename: Effect.fn("DeviceDesk.rename")(function* (deviceId, name, by) {
          const renaming = identities.rename(deviceId, name, yield* Clock.currentTimeMillis)
          yield* audit.during(renaming, () => ({
            by,
            action: "device.renamed",
            place: directory.find(deviceId) ?? {},
            target: { kind: "device", id: deviceId },
          }))
          yield* commits.publish({ devices: [deviceId] })
        }),
        putOut: Effect.fn("DeviceDesk.putOut")(function* (deviceId, cause) {
          yield* end(deviceId, cause)
          yield* Effect.logWarning("the credentials of a device were ended", {
            deviceId,
            by: cause.by.userId,
            reason: cause.reason,
          })
          yield* tokens.forget(deviceId)
          yield* directory.reload
          yield* broker.recheck(deviceId)
          const connection = connections.find(deviceId)
          // It is not asked for anything from now on, whatever the broker does with its line.
          if (cause.archive && connection !== undefined)
            connections.set(deviceId, { ...connection, state: "decommissioned" })
          else if (connection?.state === "online" || connection?.state === "lost") yield* presence.silenced(deviceId)
          yield* commits.publish({ devices: [deviceId] })
        }),
      })
    }),
  )
}
