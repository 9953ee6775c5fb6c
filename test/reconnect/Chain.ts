/**
 * A simulated chain of many small branches: one device a branch, one board a device, ten bays with a cart in each. As a
 * registry document for the cloud, and as the config of each device.
 */
import { Schema } from "effect"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { Limits } from "#core/Limits.ts"
import { type CommandKeyConfig, EdgeConfig } from "#edge/config/EdgeConfig.ts"

export const cartsPerDevice = 10

const uuid = (group: number, n: number): string =>
  `${group.toString(16).padStart(8, "0")}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`

const slots = Array.from({ length: cartsPerDevice }, (_, slot) => slot)
const chainId = uuid(1, 1)
const chainSlug = "fleet"
const branchCodeOf = (device: number): string => `F-${device}`
const deviceIdOf = (device: number): string => uuid(3, device)
const bayIdOf = (device: number, slot: number): string => uuid(5, device * cartsPerDevice + slot)
const cartIdOf = (device: number, slot: number): string => uuid(6, device * cartsPerDevice + slot)
const macOf = (device: number): string =>
  `02${device.toString(16).toUpperCase().padStart(10, "0")}`.replaceAll(/(..)(?=.)/gu, "$1:")

const branch = (device: number) => ({
  id: uuid(2, device),
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
      serial_number: `F-${device}`,
      firmware_version: null,
      controllers: [
        {
          id: uuid(4, device),
          controller_address: 0,
          port: "simulated",
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
export const chainOf = (devices: number): (typeof RegistryDocument)["Encoded"] => ({
  v: 1,
  chains: [
    {
      id: chainId,
      name: "Fleet",
      slug: chainSlug,
      description: null,
      simulated: true,
      branches: Array.from({ length: devices }, (_, index) => branch(index + 1)),
    },
  ],
  users: [],
})

const decodeConfig = Schema.decodeUnknownSync(EdgeConfig)

/** The device of this number, as its edge knows it; `keys` are the cloud's. */
export const edgeOf = (device: number, keys: ReadonlyArray<CommandKeyConfig>): EdgeConfig =>
  decodeConfig({
    v: 1,
    broker: { host: "127.0.0.1", port: 1 },
    data_dir: "in memory",
    command_keys: keys,
    simulator: { control_port: 0, seed: 1, ttys: false },
    devices: [
      {
        id: deviceIdOf(device),
        chain_id: chainId,
        branch_id: uuid(2, device),
        chain_slug: chainSlug,
        branch_code: branchCodeOf(device),
        simulated: true,
        buses: [
          {
            link: { kind: "simulated" },
            controllers: [
              {
                id: uuid(4, device),
                address: 0,
                bays: slots.map((slot) => ({
                  id: bayIdOf(device, slot),
                  lock_index: slot,
                  label: `A${slot + 1}`,
                  cart_id: cartIdOf(device, slot),
                })),
              },
            ],
          },
        ],
      },
    ],
  })
