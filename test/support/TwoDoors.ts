/**
 * A branch with two doors, each with a simulated device of its own in an edge program of its own: four bays a door, the last
 * of them free. Cloud, database and broker are the embedded ones.
 */
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { DeviceConfigView } from "#core/api/Configuration.ts"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { commandKeyIn } from "./CommandKey.ts"
import { eventually } from "./Eventually.ts"
import { freePort } from "./Ports.ts"
import { type Program, startCartwise } from "./Program.ts"
import { type Rest, signIn } from "./Rest.ts"

const id = (group: string, n: number) => `${group.repeat(8)}-0000-4000-8000-${String(n).padStart(12, "0")}`
const staff = { email: "test@cartwise.example", password: "only for this test run" }
const baysPerDoor = 4

export type Door = 0 | 1
export const doors = {
  branch: id("b", 1),
  device: (door: Door) => id("d", door),
  bay: (door: Door, lockIndex: number) => id("e", door * 100 + lockIndex),
  cart: (door: Door, lockIndex: number) => id("f", door * 100 + lockIndex),
  /** The bay of a door in which no cart belongs at first. */
  free: (door: Door) => id("e", door * 100 + baysPerDoor - 1),
} as const

const locks = Array.from({ length: baysPerDoor }, (_, lockIndex) => lockIndex)
const cartIn = (door: Door, lockIndex: number) => (lockIndex === baysPerDoor - 1 ? null : doors.cart(door, lockIndex))

const registry = (): typeof RegistryDocument.Encoded => ({
  v: 1,
  chains: [
    {
      id: id("c", 1),
      name: "Two Doors",
      slug: "two-doors",
      description: null,
      simulated: true,
      branches: [
        {
          id: doors.branch,
          name: "Two Doors",
          branch_code: "DOORS",
          address: null,
          city: null,
          latitude: null,
          longitude: null,
          timezone: "UTC",
          devices: ([0, 1] as const).map((door) => ({
            id: doors.device(door),
            device_name: `door ${door}`,
            mac_address: `02:00:00:00:00:0${door}`,
            serial_number: `D-${door}`,
            firmware_version: null,
            controllers: [
              {
                id: id("a", door),
                controller_address: 0,
                port: "simulated",
                baudrate: 19_200,
                bays: locks.map((lockIndex) => {
                  const cart = cartIn(door, lockIndex)
                  return {
                    id: doors.bay(door, lockIndex),
                    lock_index: lockIndex,
                    label: `${door}-${lockIndex}`,
                    cart: cart === null ? null : { id: cart, cart_number: `${door}-${lockIndex}` },
                  }
                }),
              },
            ],
          })),
        },
      ],
    },
  ],
  users: [{ id: id("9", 1), name: "Test", role: "platform_admin", ...staff }],
})

const edgeConfig = (door: Door, mqttPort: number, dataDir: string, commandKey: object) => ({
  v: 1,
  broker: { host: "127.0.0.1", port: mqttPort },
  data_dir: dataDir,
  command_keys: [commandKey],
  simulator: { control_port: 0, seed: 1, ttys: false },
  devices: [
    {
      id: doors.device(door),
      chain_id: id("c", 1),
      branch_id: doors.branch,
      chain_slug: "two-doors",
      branch_code: "DOORS",
      simulated: true,
      buses: [
        {
          link: { kind: "simulated" },
          controllers: [
            {
              id: id("a", door),
              address: 0,
              bays: locks.map((lockIndex) => ({
                id: doors.bay(door, lockIndex),
                lock_index: lockIndex,
                label: `${door}-${lockIndex}`,
                cart_id: cartIn(door, lockIndex),
              })),
            },
          ],
        },
      ],
    },
  ],
})

export interface TwoDoors {
  readonly rest: Rest
  /** Starts a door's edge, or starts it again with the same data. */
  readonly open: (door: Door) => Promise<void>
  /** Kills a door's edge without a word. */
  readonly kill: (door: Door) => Promise<void>
  readonly restartCloud: () => Promise<void>
  /** A hand at a simulated bay. */
  readonly hand: (door: Door, bay: string, verb: string) => Promise<void>
  readonly config: (door: Door) => Promise<DeviceConfigView>
  /** Waits until these doors are online and are configured to what they shall be. */
  readonly settled: (...which: ReadonlyArray<Door>) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts everything and waits until both doors are settled. */
export const startTwoDoors = async (): Promise<TwoDoors> => {
  const folder = await mkdtemp(join(tmpdir(), "cartwise-doors-"))
  const [apiPort, mqttPort] = [await freePort(), await freePort()]
  const registryFile = join(folder, "registry.json")
  await writeFile(registryFile, JSON.stringify(registry()))
  const commandKey = await commandKeyIn(join(folder, "cloud"))
  const startCloud = async () => {
    const cloud = startCartwise("cloud", [], {
      API_PORT: String(apiPort),
      MQTT_PORT: String(mqttPort),
      MQTT_OPEN: "true",
      CARTWISE_DATA_DIR: join(folder, "cloud"),
      REGISTRY_FILE: registryFile,
    })
    await cloud.json("cloud", 60_000)
    return cloud
  }
  let cloud = await startCloud()
  const rest = await signIn(`http://127.0.0.1:${apiPort}`, staff.email, staff.password)
  const edges = new Map<Door, { readonly program: Program; readonly control: string }>()
  const open = async (door: Door) => {
    const file = join(folder, `edge-${door}.json`)
    const config = edgeConfig(door, mqttPort, join(folder, `edge-${door}`), commandKey.config)
    await writeFile(file, JSON.stringify(config))
    const program = startCartwise("edge", ["--config", file])
    const { control } = await program.json<{ control: string }>("edge", 30_000)
    edges.set(door, { program, control })
  }
  const config = async (door: Door) =>
    (await rest.get<DeviceConfigView>(`/api/devices/${doors.device(door)}/config`)).body
  const settled = (...which: ReadonlyArray<Door>) =>
    eventually(
      async () => {
        const devices = await rest.devices()
        for (const door of which) {
          const device = devices.find(({ id }) => id === doors.device(door))
          const { state } = await config(door)
          if (device?.status !== "online" || state !== "in_sync")
            throw new Error(`${door}: ${device?.status}, ${state}`)
        }
      },
      { timeoutMs: 40_000, everyMs: 25 },
    )
  await Promise.all([open(0), open(1)])
  await settled(0, 1)
  return {
    rest,
    open,
    kill: async (door) => void (await edges.get(door)?.program.stop("SIGKILL")),
    restartCloud: async () => {
      await cloud.stop("SIGKILL")
      cloud = await startCloud()
    },
    hand: async (door, bay, verb) => {
      const answer = await fetch(`${edges.get(door)?.control}/bays/${bay}/${verb}`, { method: "POST" })
      if (!answer.ok) throw new Error(`${verb} answered ${answer.status}: ${await answer.text()}`)
    },
    config,
    settled,
    stop: async () => {
      for (const { program } of edges.values()) await program.stop()
      await cloud.stop()
    },
  }
}
