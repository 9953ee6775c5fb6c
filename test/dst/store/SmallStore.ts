/** The stand-in store with the registry that the cloud's own tests use in it. */
import { Schema } from "effect"
import { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { flatten } from "#cloud/registry/FlatRegistry.ts"
import { smallRegistry } from "#cloud/SmallRegistry.fixture.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { makeMemoryStore, type MemoryStore } from "./MemoryStore.ts"

export const smallStore = (atMs: number): MemoryStore => {
  const { bays, carts, devices, twins, branches, chains, placements } = flatten(
    Schema.decodeUnknownSync(RegistryDocument)(smallRegistry),
  )
  const addresses = devices.map((device) => {
    const branch = branches.find(({ id }) => id === device.branch_id)
    const chain = chains.find(({ id }) => id === device.chain_id)
    return {
      deviceId: DeviceId.make(device.id),
      branchId: BranchId.make(device.branch_id),
      chainId: ChainId.make(device.chain_id),
      chainSlug: chain?.slug ?? "",
      branchCode: branch?.branch_code ?? "",
      simulated: chain?.simulated ?? false,
    }
  })
  const places = {
    devices: addresses,
    carts: new Map(
      carts.flatMap((cart) => {
        const bay = bays.find(({ id }) => id === cart.bay_id)
        const device = addresses.find(({ deviceId }) => deviceId === bay?.device_id)
        return bay === undefined || device === undefined ? [] : [[cart.id, { bay, device }] as const]
      }),
    ),
  }
  const store = makeMemoryStore(places, { nowMs: () => atMs, statementMs: () => 0, commitBreaks: () => undefined })
  for (const { ref, label, chainId, branchId, deviceId, controllerId } of twins) {
    const fresh = initialOf(ref.kind, atMs)
    const placed = placements.find(({ cart }) => cart.kind === ref.kind && cart.id === ref.id)
    const stored =
      placed === undefined ? fresh : step(fresh, { type: "cart.placed", bayId: placed.bayId, at: atMs }).next
    const held = { ref, deviceId, placement: 0, stored, changedAt: atMs, freshAt: null, edgeSeq: 0 }
    store.tables.twins.set(`${ref.kind}:${ref.id}`, { held, label, chainId, branchId, controllerId })
  }
  return store
}
