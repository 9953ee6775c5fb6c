/**
 * Access tokens of devices: 256 random bits, stored as a hash, so that one is ended by a row and not by waiting. What the
 * store says of a token is believed for a few seconds; who puts a device out forgets its tokens here at once.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { DeviceId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { type DeviceTokenRow, DeviceTokenRows } from "../store/DeviceTokenRows.ts"
import { newSecret, secretHash } from "./DeviceSecrets.ts"

export interface IssuedToken {
  readonly token: string
  readonly expiresInSeconds: number
  readonly expiresAt: number
}

export class DeviceTokens extends Context.Service<
  DeviceTokens,
  {
    /** A fresh token that is good for so long; part of the caller's transaction. */
    readonly issue: (
      deviceId: string,
      lifetimeMs: number,
      atMs: number,
    ) => Effect.Effect<IssuedToken, SqlError.SqlError>
    /** Whose token it is now; undefined if it is nobody's. */
    readonly deviceOf: (token: string) => Effect.Effect<DeviceId | undefined, SqlError.SqlError>
    /** After the tokens of a device have been ended in the store. */
    readonly forget: (deviceId: string) => Effect.Effect<void>
  }
>()("cartwise/cloud/devices/DeviceTokens") {
  static readonly layer = Layer.effect(
    DeviceTokens,
    Effect.gen(function* () {
      const rows = yield* DeviceTokenRows
      const clock = yield* Clock.Clock
      /** What was read of good tokens, the oldest first. */
      const believed = new Map<string, DeviceTokenRow & { readonly readAt: number }>()

      const read = Effect.fnUntraced(function* (hash: string, nowMs: number) {
        const row = yield* rows.find(hash)
        believed.delete(hash)
        if (row === undefined) return undefined
        const oldest = believed.keys().next()
        if (believed.size >= Limits.deviceTokensCached && oldest.done !== true) believed.delete(oldest.value)
        believed.set(hash, { ...row, readAt: nowMs })
        return row
      })

      return DeviceTokens.of({
        issue: Effect.fnUntraced(function* (deviceId, lifetimeMs, atMs) {
          const token = newSecret()
          const expiresAt = atMs + lifetimeMs
          yield* rows.put(secretHash(token), deviceId, atMs, expiresAt)
          return { token, expiresInSeconds: Math.floor(lifetimeMs / 1_000), expiresAt }
        }),
        deviceOf: Effect.fnUntraced(function* (token) {
          // Ours have 43 characters; nothing else is worth a question.
          if (token.length !== 43) return undefined
          const nowMs = clock.currentTimeMillisUnsafe()
          const hash = secretHash(token)
          const known = believed.get(hash)
          const isFresh = known !== undefined && nowMs - known.readAt < Limits.deviceTokenCacheMs
          const row = isFresh ? known : yield* read(hash, nowMs)
          return row !== undefined && row.expiresAt > nowMs ? row.deviceId : undefined
        }),
        forget: (deviceId) =>
          Effect.sync(() => {
            for (const [hash, row] of believed) if (row.deviceId === deviceId) believed.delete(hash)
          }),
      })
    }),
  )
}
