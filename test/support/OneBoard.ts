/**
 * The smallest branch there is: one device with one board of sixteen bays, a cart in each of the first twelve. As a
 * registry document for the cloud and as a config for the edge.
 */
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import type { CommandKeyConfig } from "#edge/config/EdgeConfig.ts"

/** A stable id from a small number and a letter that says what it names. */
const id = (kind: string, n: number) =>
  `${kind.charCodeAt(0).toString(16).padStart(8, "0")}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`

export const oneBoard = {
  chain: id("c", 1),
  branch: id("b", 1),
  device: id("d", 1),
  controller: id("k", 0),
  user: id("u", 1),
  email: "test@cartwise.example",
  password: "only for this test run",
  bay: (lockIndex: number) => id("y", lockIndex),
  cart: (lockIndex: number) => id("t", lockIndex),
  carts: 12,
} as const

const bays = Array.from({ length: 16 }, (_, lockIndex) => lockIndex)

/** As JSON for `REGISTRY_FILE`; checked by the cloud when it reads it. */
export const oneBoardRegistry = (port: string): typeof RegistryDocument.Encoded => ({
  v: 1,
  chains: [
    {
      id: oneBoard.chain,
      name: "Test Chain",
      slug: "test-chain",
      description: null,
      simulated: false,
      branches: [
        {
          id: oneBoard.branch,
          name: "Test Branch",
          branch_code: "TST-01",
          address: null,
          city: null,
          latitude: null,
          longitude: null,
          timezone: "Asia/Jerusalem",
          devices: [
            {
              id: oneBoard.device,
              device_name: "pi-test",
              mac_address: "02:00:00:00:00:01",
              serial_number: "T-1",
              firmware_version: null,
              controllers: [
                {
                  id: oneBoard.controller,
                  controller_address: 0,
                  port,
                  baudrate: 19_200,
                  bays: bays.map((lockIndex) => ({
                    id: oneBoard.bay(lockIndex),
                    lock_index: lockIndex,
                    label: `A${lockIndex + 1}`,
                    cart:
                      lockIndex < oneBoard.carts
                        ? { id: oneBoard.cart(lockIndex), cart_number: String(lockIndex + 1) }
                        : null,
                  })),
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  users: [
    {
      id: oneBoard.user,
      email: oneBoard.email,
      name: "Test",
      role: "platform_admin",
      password: oneBoard.password,
    },
  ],
})

/** As JSON for `cartwise edge --config`. */
export const oneBoardEdge = (tty: string, mqttPort: number, dataDir: string, commandKey: CommandKeyConfig) => ({
  v: 1,
  broker: { host: "127.0.0.1", port: mqttPort },
  data_dir: dataDir,
  command_keys: [commandKey],
  devices: [
    {
      id: oneBoard.device,
      chain_id: oneBoard.chain,
      branch_id: oneBoard.branch,
      chain_slug: "test-chain",
      branch_code: "TST-01",
      simulated: false,
      buses: [
        {
          link: { kind: "tty", path: tty, baudrate: 19_200 },
          controllers: [
            {
              id: oneBoard.controller,
              address: 0,
              bays: bays.map((lockIndex) => ({
                id: oneBoard.bay(lockIndex),
                lock_index: lockIndex,
                label: `A${lockIndex + 1}`,
                cart_id: lockIndex < oneBoard.carts ? oneBoard.cart(lockIndex) : null,
              })),
            },
          ],
        },
      ],
    },
  ],
})
