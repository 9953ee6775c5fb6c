/**
 * Which devices are ours and where they stand: chain, branch, and with those the topics they may speak on. Kept in
 * memory, because every message asks for it; `reload` reads it again after the registry has changed.
 */
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import type { BranchAddress } from "#core/wire/Topics.ts"
import { Devices } from "../store/Devices.ts"

export interface DeviceAddress extends BranchAddress {
  readonly deviceId: DeviceId
  readonly branchId: BranchId
  readonly chainId: ChainId
  readonly simulated: boolean
}

export class Directory extends Context.Service<
  Directory,
  {
    readonly find: (deviceId: string) => DeviceAddress | undefined
    readonly reload: Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/registry/Directory") {
  static readonly layer = Layer.effect(
    Directory,
    Effect.gen(function* () {
      const { addresses } = yield* Devices
      let devices: ReadonlyMap<string, DeviceAddress> = new Map()
      const reload = Effect.map(addresses, (rows) => {
        devices = new Map(rows.map((row) => [row.deviceId, row]))
      })
      yield* reload
      return Directory.of({ find: (deviceId) => devices.get(deviceId), reload })
    }),
  )
}
