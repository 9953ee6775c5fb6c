/** What a simulation is made of: branches with a device each, its boards, bays and carts, as config, as registry and as world. */
import { BranchId, ChainId, DeviceId, TwinRef } from "#core/domain/Ids.ts"
import { Schema } from "effect"
import type { DeviceAddress } from "#cloud/registry/Directory.ts"
import type { NewTwin } from "#cloud/store/Twins.ts"
import { testSigner } from "#edge/commands/CommandSigner.fixture.ts"
import { type DeviceConfig, EdgeConfig } from "#edge/config/EdgeConfig.ts"
import { initialOf, step } from "#twins/Twin.ts"
import type { WorldPlan } from "#twins/world/WorldPlan.ts"
import type { Places } from "./store/MemoryPlaces.ts"

/** One lock position, wherever it is looked at from. */
export interface BayPlan {
  readonly id: string
  readonly label: string
  readonly cart: string
  readonly device: string
  readonly board: number
  readonly lockIndex: number
}

export interface Plan {
  readonly devices: ReadonlyArray<DeviceConfig>
  readonly addresses: ReadonlyArray<DeviceAddress>
  readonly bays: ReadonlyArray<BayPlan>
  readonly world: (seed: number) => WorldPlan
  readonly places: Places
  /** Every twin as the registry makes it. */
  readonly twins: (atMs: number) => ReadonlyArray<NewTwin>
}

/** The cloud's command key in every simulation. */
export const signer = testSigner(7)

const uuid = (group: number, n: number): string =>
  `${String(group).padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`

export interface PlanSize {
  readonly branches: number
  readonly boards: number
  readonly baysPerBoard: number
  /** How many of the last board's bays have no cart of their own; none, if left out. */
  readonly spareBays?: number
  /** Every branch's carts are a pool. */
  readonly isPool?: boolean
}

const chainId = uuid(1, 1)

export const makePlan = ({ branches, boards, baysPerBoard, isPool = false, spareBays = 0 }: PlanSize): Plan => {
  const isSpare = (board: number, lock: number) => board === boards - 1 && lock >= baysPerBoard - spareBays
  const numbers = Array.from({ length: branches }, (_, n) => n + 1)
  const config = Schema.decodeUnknownSync(EdgeConfig)({
    v: 1,
    broker: { host: "nowhere", port: 1 },
    data_dir: "unused",
    command_keys: [signer.key],
    simulator: { control_port: 0, seed: 1, ttys: false },
    devices: numbers.map((n) => ({
      id: uuid(3, n),
      chain_id: chainId,
      branch_id: uuid(2, n),
      chain_slug: "chain",
      branch_code: `B${n}`,
      simulated: true,
      buses: [
        {
          link: { kind: "simulated" },
          controllers: Array.from({ length: boards }, (_, board) => ({
            id: uuid(4, n * 10 + board),
            address: board,
            bays: Array.from({ length: baysPerBoard }, (_, lock) => ({
              id: uuid(5, n * 1000 + board * 100 + lock),
              lock_index: lock,
              label: `${"ABCDEFGHIJ"[board] ?? "X"}${lock + 1}`,
              cart_id: isSpare(board, lock) ? null : uuid(6, n * 1000 + board * 100 + lock),
            })),
          })),
        },
      ],
    })),
  })
  const { devices } = config
  const addresses = devices.map((device) => ({
    deviceId: DeviceId.make(device.id),
    branchId: BranchId.make(device.branch_id),
    chainId: ChainId.make(device.chain_id),
    chainSlug: device.chain_slug,
    branchCode: device.branch_code,
    simulated: true,
  }))
  const bays = devices.flatMap((device) =>
    (device.buses[0]?.controllers ?? []).flatMap((board) =>
      board.bays.map((bay) => ({
        id: bay.id,
        label: bay.label,
        cart: bay.cart_id ?? "",
        device: device.id,
        board: board.address,
        lockIndex: bay.lock_index,
      })),
    ),
  )
  const carts = new Map(
    bays.flatMap((bay) => {
      if (bay.cart === "") return []
      const device = addresses.find(({ deviceId }) => deviceId === bay.device)
      return device === undefined ? [] : [[bay.cart, { bay, device }] as const]
    }),
  )
  return {
    devices,
    addresses,
    bays,
    places: { devices: addresses, carts, ...(isPool ? { pools: new Set(addresses.map((one) => one.branchId)) } : {}) },
    world: (seed) => ({
      seed,
      buses: devices.map((device) => ({
        device: device.id,
        branch: device.branch_code,
        boards: (device.buses[0]?.controllers ?? []).map((board) => ({
          address: board.address,
          bays: board.bays.map((bay) => ({
            id: bay.id,
            lockIndex: bay.lock_index,
            label: bay.label,
            cart: bay.cart_id,
          })),
        })),
      })),
    }),
    twins: (atMs) => devices.flatMap((device) => twinsOf(device, atMs)),
  }
}

const twinsOf = (device: DeviceConfig, atMs: number): ReadonlyArray<NewTwin> => {
  const twin = (ref: TwinRef, controllerId: string | null, label: string): NewTwin => ({
    held: {
      ref,
      deviceId: device.id,
      placement: 0,
      stored: initialOf(ref.kind, atMs),
      changedAt: atMs,
      freshAt: null,
      edgeSeq: 0,
    },
    chainId: device.chain_id,
    branchId: device.branch_id,
    controllerId,
    label,
  })
  const boards = device.buses[0]?.controllers ?? []
  return [
    twin({ kind: "device", id: device.id }, null, "device"),
    ...boards.flatMap((board) => [
      twin({ kind: "controller", id: board.id }, board.id, `Board ${board.address}`),
      ...board.bays.flatMap((bay) => {
        const made = twin({ kind: "bay", id: bay.id }, board.id, bay.label)
        if (bay.cart_id === null) return [made]
        const cart = twin({ kind: "cart", id: bay.cart_id }, board.id, bay.label)
        const placed = step(cart.held.stored, { type: "cart.placed", bayId: bay.id, at: atMs }).next
        return [made, { ...cart, held: { ...cart.held, stored: placed } }]
      }),
    ]),
  ]
}
