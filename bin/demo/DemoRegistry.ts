/**
 * The demo's registry: two fictional chains, three branches, four devices, six boards, 96 bays and 84 carts. It is the
 * same on every machine and at every start, ids included, so a second start changes nothing. All of it is simulated and
 * says so. The password of its only sign-in is the caller's; everything else is constant.
 */
import { createHash } from "node:crypto"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { Limits } from "#core/Limits.ts"

type RegistryInput = (typeof RegistryDocument)["Encoded"]
type ChainInput = RegistryInput["chains"][number]
type BranchInput = ChainInput["branches"][number]
type DeviceInput = BranchInput["devices"][number]
type ControllerInput = DeviceInput["controllers"][number]

export const demoEmail = "demo@cartwise.example"
/** The demo itself signs in so: it sees carts and opens bays, and whatever people do to the sign-in above is none of it. */
export const walkersEmail = "walkers@cartwise.example"

/** The last bays of each board stand empty, so that there is room to bring a cart back to. */
const cartsPerBoard = 14

/** A stable id for a thing of the demo: version 5 of RFC 9562, with the name as its own namespace. */
const idOf = (name: string): string => {
  const hash = createHash("sha1").update(`cartwise/demo/${name}`).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-")
}

interface BranchWords extends Omit<BranchInput, "id" | "timezone" | "devices"> {
  /** Where each device stands, and the letters of its boards: board 0 first. */
  readonly devices: ReadonlyArray<{ readonly place: string; readonly boards: ReadonlyArray<string> }>
}

const branches: Readonly<Record<"telAviv" | "haifa" | "jerusalem", BranchWords>> = {
  telAviv: {
    name: "Zahav Market Dizengoff",
    branch_code: "TLV-01",
    address: "Dizengoff 212",
    city: "Tel Aviv",
    latitude: 32.0877,
    longitude: 34.774,
    devices: [
      { place: "main entrance", boards: ["A", "B"] },
      { place: "parking level", boards: ["C"] },
    ],
  },
  haifa: {
    name: "Zahav Market Carmel",
    branch_code: "HFA-01",
    address: "HaNassi 98",
    city: "Haifa",
    latitude: 32.8066,
    longitude: 34.9869,
    devices: [{ place: "main entrance", boards: ["A", "B"] }],
  },
  jerusalem: {
    name: "Tamar Fresh Talpiot",
    branch_code: "JLM-01",
    address: "Pierre Koenig 26",
    city: "Jerusalem",
    latitude: 31.7513,
    longitude: 35.2148,
    devices: [{ place: "main entrance", boards: ["A"] }],
  },
}

const controllerOf = (branch: string, device: string, address: number, letter: string): ControllerInput => ({
  id: idOf(`${branch}/controller/${letter}`),
  controller_address: address,
  port: `simulated ${device}`,
  baudrate: Limits.baudRate,
  bays: Array.from({ length: Limits.locksPerBoard }, (_, lockIndex) => {
    const label = `${letter}${lockIndex + 1}`
    const cart = { id: idOf(`${branch}/cart/${label}`), cart_number: `${branch.slice(0, 3)}-${label}` }
    return {
      id: idOf(`${branch}/bay/${label}`),
      lock_index: lockIndex,
      label,
      cart: lockIndex < cartsPerBoard ? cart : null,
    }
  }),
})

/** `number` counts the devices of the demo from 1: it ends the serial and the locally administered MAC address. */
const deviceOf = (branch: string, place: string, boards: ReadonlyArray<string>, number: number): DeviceInput => {
  const device = `${branch} ${place}`
  return {
    id: idOf(`device/${device}`),
    device_name: device,
    mac_address: `02:CA:27:00:00:${number.toString(16).toUpperCase().padStart(2, "0")}`,
    serial_number: `SIMULATED-${String(number).padStart(4, "0")}`,
    firmware_version: null,
    controllers: boards.map((letter, address) => controllerOf(branch, device, address, letter)),
  }
}

const branchOf = ({ devices, ...words }: BranchWords, firstNumber: number): BranchInput => ({
  id: idOf(`branch/${words.branch_code}`),
  ...words,
  timezone: "Asia/Jerusalem",
  devices: devices.map(({ place, boards }, at) => deviceOf(words.branch_code, place, boards, firstNumber + at)),
})

/** The demo's registry with this password for its sign-in. */
export const demoRegistry = (password: string): RegistryInput => ({
  v: 1,
  chains: [
    {
      id: idOf("chain/zahav-market"),
      name: "Zahav Market",
      slug: "zahav-market",
      description: "A fictional chain of the demo; everything in it is simulated.",
      simulated: true,
      branches: [branchOf(branches.telAviv, 1), branchOf(branches.haifa, 3)],
    },
    {
      id: idOf("chain/tamar-fresh"),
      name: "Tamar Fresh",
      slug: "tamar-fresh",
      description: "A fictional chain of the demo; everything in it is simulated.",
      simulated: true,
      branches: [branchOf(branches.jerusalem, 4)],
    },
  ],
  users: [
    { id: idOf("user/demo"), email: demoEmail, name: "Demo", role: "platform_admin", password },
    { id: idOf("user/walkers"), email: walkersEmail, name: "Simulated shoppers", role: "attendant", password },
  ],
})

/** The registry with a claim for each of its devices, as the hash that a cloud keeps of its code. */
export const withClaims = (registry: RegistryInput, hashOf: (macAddress: string) => string): RegistryInput => ({
  ...registry,
  chains: registry.chains.map((chain) => ({
    ...chain,
    branches: chain.branches.map((branch) => ({
      ...branch,
      devices: branch.devices.map((device) => ({ ...device, claim_sha256: hashOf(device.mac_address) })),
    })),
  })),
})
