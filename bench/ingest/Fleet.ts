/**
 * The simulated chain of the bench: one device a branch, one board a device, sixteen bays with a cart in each, so 34 twins
 * a device. As ids and as a registry document for the cloud.
 */
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { Limits } from "#core/Limits.ts"

/** Device, controller, bays and carts. */
export const twinsPerDevice = 2 + 2 * Limits.locksPerBoard

const uuid = (group: number, n: number): string =>
  `${group.toString(16).padStart(8, "0")}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`

export const chainSlug = "bench"
export const branchCodeOf = (device: number): string => `N-${device}`
export const deviceIdOf = (device: number): string => uuid(3, device)
export const chainId = uuid(1, 1)
export const branchIdOf = (device: number): string => uuid(2, device)
/** Of so many shoppers of a branch, numbered from 0. */
export const shopperIdOf = (device: number, n: number): string => uuid(8, device * 1_000 + n)
const slotNumber = (device: number, slot: number) => device * Limits.locksPerBoard + slot
export const bayIdOf = (device: number, slot: number): string => uuid(5, slotNumber(device, slot))
export const cartIdOf = (device: number, slot: number): string => uuid(6, slotNumber(device, slot))

const macOf = (device: number): string =>
  `02${device.toString(16).toUpperCase().padStart(10, "0")}`.replaceAll(/(..)(?=.)/gu, "$1:")

const slots = Array.from({ length: Limits.locksPerBoard }, (_, slot) => slot)

const branch = (device: number) => ({
  id: branchIdOf(device),
  name: `Branch ${device}`,
  branch_code: branchCodeOf(device),
  address: null,
  city: null,
  latitude: null,
  longitude: null,
  timezone: "UTC",
  devices: [
    {
      id: deviceIdOf(device),
      device_name: `edge-${device}`,
      mac_address: macOf(device),
      serial_number: `B-${device}`,
      firmware_version: null,
      controllers: [
        {
          id: uuid(4, device),
          controller_address: 0,
          port: "/dev/ttyUSB0",
          baudrate: Limits.baudRate,
          bays: slots.map((slot) => ({
            id: bayIdOf(device, slot),
            lock_index: slot,
            label: `A${slot + 1}`,
            cart: { id: cartIdOf(device, slot), cart_number: String(slot + 1) },
          })),
        },
      ],
    },
  ],
})

/** A chain with so many devices, numbered from 1. */
export const registryOf = (devices: number): (typeof RegistryDocument)["Encoded"] => ({
  v: 1,
  chains: [
    {
      id: chainId,
      name: "Bench",
      slug: chainSlug,
      description: null,
      simulated: true,
      branches: Array.from({ length: devices }, (_, index) => branch(index + 1)),
    },
  ],
  users: [],
})
