/**
 * Boards and bays as people install them: a record, a twin of which nothing is known yet, and a place in what the device
 * shall be configured to, all in the transaction at hand. Which wires there are the device's program learns when it starts.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { NewBay } from "#core/api/Bays.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import type { NewController } from "#core/api/Controllers.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Configs } from "../config/Configs.ts"
import { NewId } from "../NewId.ts"
import { BayRecords } from "../store/BayRecords.ts"
import { ControllerRecords } from "../store/ControllerRecords.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Twins } from "../store/Twins.ts"
import { newTwin } from "./newTwin.ts"

/** The device something is installed with. */
export interface DevicePlace {
  readonly chainId: string
  readonly branchId: string
  readonly deviceId: string
}

/** What was installed: its twins, the record first, and what to offer the device after the commit. */
export interface Installed {
  readonly id: string
  readonly twins: ReadonlyArray<TwinRef>
  readonly offers: ReadonlyArray<DeviceConfigRow>
}

type Installing = Effect.Effect<Installed, RecordRefused | SqlError.SqlError>

export class Equipment extends Context.Service<
  Equipment,
  {
    readonly installBoard: (place: DevicePlace, board: NewController, by: string) => Installing
    readonly installBay: (place: DevicePlace, controllerId: string, bay: NewBay, by: string) => Installing
    /** Lets a board be on a port of its device, which must not have more boards or ports than a device may. */
    readonly expectRoom: (
      deviceId: string,
      port: string,
      except: string | null,
    ) => Effect.Effect<void, RecordRefused | SqlError.SqlError>
    /** What is installed or printed has changed: gives what to offer the device after the commit. */
    readonly rearrange: (
      deviceId: string,
      by: string,
    ) => Effect.Effect<ReadonlyArray<DeviceConfigRow>, SqlError.SqlError>
  }
>()("cartwise/cloud/registry/Equipment") {
  static readonly layer = Layer.effect(
    Equipment,
    Effect.gen(function* () {
      const controllers = yield* ControllerRecords
      const bayRecords = yield* BayRecords
      const twins = yield* Twins
      const configs = yield* Configs
      const newId = yield* NewId

      const rearrange = Effect.fnUntraced(function* (deviceId: string, by: string) {
        return yield* configs.rearrange([deviceId], { by, at: yield* Clock.currentTimeMillis, reason: null })
      })

      const expectRoom = Effect.fnUntraced(function* (deviceId: string, port: string, except: string | null) {
        if (!(yield* controllers.holdDevice(deviceId))) return yield* new RecordRefused({ reason: "archived" })
        const { boards, ports } = yield* controllers.beside(deviceId, port, except)
        const isFull = boards >= Limits.boardsPerBus || (boards === 0 && ports >= Limits.busesPerDevice)
        if (isFull) return yield* new RecordRefused({ reason: "too_many" })
      })

      const putBays = Effect.fnUntraced(function* (
        { chainId, branchId, deviceId }: DevicePlace,
        controllerId: string,
        bays: ReadonlyArray<NewBay>,
      ) {
        const zones = bays.flatMap(({ zone_id }) => zone_id ?? [])
        if (!(yield* bayRecords.hasZones(branchId, zones))) {
          return yield* new RecordRefused({ reason: "other_branch", detail: "The branch has no such zone." })
        }
        const rows = yield* Effect.forEach(bays, ({ label, lock_index, zone_id = null, is_accessible = false }) =>
          Effect.map(newId, (id) => ({
            id,
            branch_id: branchId,
            controller_id: controllerId,
            label,
            lock_index,
            zone_id,
            is_accessible,
          })),
        )
        yield* bayRecords.insert(rows)
        const at = yield* Clock.currentTimeMillis
        const refs = rows.map(({ id, label }) => ({ ref: { kind: "bay", id } satisfies TwinRef, label }))
        yield* twins.insert(refs.map((twin) => newTwin({ ...twin, chainId, branchId, deviceId, controllerId }, at)))
        return refs.map(({ ref }) => ref)
      })

      return Equipment.of({
        rearrange,
        expectRoom,
        installBoard: Effect.fn("Equipment.installBoard")(function* (place, board, by) {
          const { controller_address, port, baudrate = Limits.baudRate, bays = [] } = board
          const { chainId, branchId, deviceId } = place
          yield* expectRoom(deviceId, port, null)
          const id = yield* newId
          yield* controllers.insert({ id, device_id: deviceId, controller_address, port, baudrate })
          const ref: TwinRef = { kind: "controller", id }
          const label = `Board ${controller_address}`
          const at = yield* Clock.currentTimeMillis
          yield* twins.insert([newTwin({ ref, label, chainId, branchId, deviceId, controllerId: id }, at)])
          const bayRefs = yield* putBays(place, id, bays)
          return { id, twins: [ref, ...bayRefs], offers: yield* rearrange(deviceId, by) }
        }),
        installBay: Effect.fn("Equipment.installBay")(function* (place, controllerId, bay, by) {
          const refs = yield* putBays(place, controllerId, [bay])
          const [ref] = refs
          if (ref === undefined) return yield* Effect.die(new Error("a bay that was installed has no twin"))
          return { id: ref.id, twins: refs, offers: yield* rearrange(place.deviceId, by) }
        }),
      })
    }),
  )
}
