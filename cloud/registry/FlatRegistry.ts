/** A registry document as rows: each record with the ids of what it hangs under, and the twin of each. */
import { Struct } from "effect"
import { type BayId, type CartId, type TwinKind, TwinRef } from "#core/domain/Ids.ts"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import type { TwinPlace } from "./newTwin.ts"

const ref = (kind: TwinKind, id: string): TwinRef => TwinRef.make({ kind, id })

/** Gives the rows of every table and the places of every twin. */
export const flatten = (document: RegistryDocument) => {
  const chains = document.chains.map((chain) => Struct.omit(chain, ["branches"]))
  const branches = document.chains.flatMap((chain) =>
    chain.branches.map(({ devices, ...branch }) => ({ ...branch, chain_id: chain.id, devices })),
  )
  const devices = branches.flatMap((branch) =>
    branch.devices.map((device) => ({ ...device, branch_id: branch.id, chain_id: branch.chain_id })),
  )
  const controllers = devices.flatMap((device) =>
    device.controllers.map((controller) => ({
      ...controller,
      device_id: device.id,
      branch_id: device.branch_id,
      chain_id: device.chain_id,
    })),
  )
  const bays = controllers.flatMap((controller) =>
    controller.bays.map((bay) => ({
      ...bay,
      controller_id: controller.id,
      device_id: controller.device_id,
      branch_id: controller.branch_id,
      chain_id: controller.chain_id,
    })),
  )
  const carts = bays.flatMap(({ cart, ...bay }) => (cart === null ? [] : [{ ...cart, bay_id: bay.id, bay }]))
  const placements: ReadonlyArray<{ readonly cart: TwinRef; readonly bayId: BayId }> = carts.map((cart) => ({
    cart: ref("cart", cart.id satisfies CartId),
    bayId: cart.bay_id,
  }))
  const twins: ReadonlyArray<TwinPlace> = [
    ...devices.map((device) => ({
      ref: ref("device", device.id),
      label: device.device_name,
      chainId: device.chain_id,
      branchId: device.branch_id,
      deviceId: device.id,
      controllerId: null,
    })),
    ...controllers.map((controller) => ({
      ref: ref("controller", controller.id),
      label: `Board ${controller.controller_address}`,
      chainId: controller.chain_id,
      branchId: controller.branch_id,
      deviceId: controller.device_id,
      controllerId: controller.id,
    })),
    ...bays.map((bay) => ({
      ref: ref("bay", bay.id),
      label: bay.label,
      chainId: bay.chain_id,
      branchId: bay.branch_id,
      deviceId: bay.device_id,
      controllerId: bay.controller_id,
    })),
    ...carts.map(({ id, cart_number, bay }) => ({
      ref: ref("cart", id),
      label: cart_number,
      chainId: bay.chain_id,
      branchId: bay.branch_id,
      deviceId: bay.device_id,
      controllerId: bay.controller_id,
    })),
  ]
  return {
    chains,
    branches: branches.map((branch) => Struct.omit(branch, ["devices"])),
    devices: devices.map((device) => Struct.omit(device, ["controllers"])),
    controllers: controllers.map((controller) => Struct.omit(controller, ["bays"])),
    bays,
    carts: carts.map(({ bay, ...cart }) => ({ ...cart, branch_id: bay.branch_id })),
    placements,
    twins,
  }
}
export type FlatRegistry = ReturnType<typeof flatten>
