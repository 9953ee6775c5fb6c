/**
 * Asks a device for a full snapshot, as a command like any other: when it is back after having been thought gone, and
 * when a fact showed that the mirror was wrong. Not more often than a device says that it is alive.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { CommandId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { NewId } from "../NewId.ts"
import { Commands } from "../store/Commands.ts"
import { CommandSigner } from "./CommandSigner.ts"
import { Outbox } from "./Outbox.ts"

export class SnapshotRequest extends Context.Service<
  SnapshotRequest,
  { readonly ask: (device: DeviceAddress, epoch: number, why: string) => Effect.Effect<void, SqlError.SqlError> }
>()("cartwise/cloud/commands/SnapshotRequest") {
  static readonly layer = Layer.effect(
    SnapshotRequest,
    Effect.gen(function* () {
      const commands = yield* Commands
      const outbox = yield* Outbox
      const signer = yield* CommandSigner
      const meters = yield* Meters
      const newId = yield* NewId
      const lastAsked = new Map<string, number>()

      const ask = Effect.fn("SnapshotRequest.ask")(function* (device: DeviceAddress, epoch: number, why: string) {
        const { deviceId, chainId, branchId } = device
        const now = yield* Clock.currentTimeMillis
        if (now - (lastAsked.get(deviceId) ?? 0) < Limits.heartbeatMs) return
        lastAsked.set(deviceId, now)
        meters.count(Families.resyncs, { cause: why.replaceAll(" ", "_") })
        const id = CommandId.make(yield* newId)
        const expiresAt = now + Limits.commandLifetimeMs
        const target = { kind: "device", id: deviceId } as const
        const envelope: CommandEnvelope = {
          v: 1,
          command_id: id,
          kind: "snapshot",
          tenant: chainId,
          branch: branchId,
          device: deviceId,
          target,
          epoch,
          issued_at: toInstant(now),
          expires_at: toInstant(expiresAt),
          reason: why,
        }
        const topic = deviceTopic(device, deviceId, "commands")
        const entry = { commandId: id, topic, payload: signer.sign(envelope), expiresAt }
        const command = {
          ...entry,
          id,
          kind: "snapshot" as const,
          target,
          cartId: null,
          deviceId,
          epoch,
          requestedBy: "cloud",
          requestedReason: why,
          traceparent: null,
          createdAt: now,
        }
        yield* commands.create(command, [])
        yield* outbox.send(entry)
      })
      return SnapshotRequest.of({ ask })
    }),
  )
}
