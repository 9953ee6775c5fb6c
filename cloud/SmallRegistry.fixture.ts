/** A registry for tests: one chain that is not simulated and one that is, a device each, two bays with carts. */
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"

/** A readable UUID that ends in a number. */
export const idOf = (group: number, n: number): string =>
  `${String(group).padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`

const device = (n: number, branch: string) => ({
  id: idOf(3, n),
  device_name: `Device ${n}`,
  mac_address: `02:00:00:00:00:0${n}`,
  serial_number: `SN-${n}`,
  firmware_version: null,
  controllers: [
    {
      id: idOf(4, n),
      controller_address: 0,
      port: "/dev/ttyUSB0",
      baudrate: 19_200,
      bays: [0, 1].map((lockIndex) => ({
        id: idOf(5, n * 10 + lockIndex),
        lock_index: lockIndex,
        label: `${branch}${lockIndex + 1}`,
        cart: { id: idOf(6, n * 10 + lockIndex), cart_number: `${branch}-${lockIndex + 1}` },
      })),
    },
  ],
})

const chain = (n: number, slug: string, simulated: boolean) => ({
  id: idOf(1, n),
  name: `Chain ${n}`,
  slug,
  description: null,
  simulated,
  branches: [
    {
      id: idOf(2, n),
      name: `Branch ${n}`,
      branch_code: `B-${n}`,
      address: null,
      city: null,
      latitude: null,
      longitude: null,
      timezone: "UTC",
      devices: [device(n, n === 1 ? "A" : "S")],
    },
  ],
})

/** The sign-ins of the registry: one who may act, one who may configure, and one who only looks. */
export const signIns = {
  manager: { email: "manager@cartwise.example", password: "correct horse" },
  admin: { email: "admin@cartwise.example", password: "clip paper staple" },
  viewer: { email: "viewer@cartwise.example", password: "battery staple" },
} as const

export const smallRegistry: (typeof RegistryDocument)["Encoded"] = {
  v: 1,
  chains: [chain(1, "real", false), chain(2, "sim", true)],
  users: [
    { id: idOf(7, 1), name: "Manager", role: "branch_manager", ...signIns.manager },
    { id: idOf(7, 3), name: "Admin", role: "platform_admin", ...signIns.admin },
    { id: idOf(7, 2), name: "Viewer", role: "viewer", ...signIns.viewer },
  ],
}

/** Ids of what stands in the first (real) and second (simulated) chain. */
export const placesOf = (n: 1 | 2) => ({
  chainId: idOf(1, n),
  branchId: idOf(2, n),
  deviceId: idOf(3, n),
  controllerId: idOf(4, n),
  bayIds: [idOf(5, n * 10), idOf(5, n * 10 + 1)] as const,
  cartIds: [idOf(6, n * 10), idOf(6, n * 10 + 1)] as const,
  chainSlug: n === 1 ? "real" : "sim",
  branchCode: `B-${n}`,
})

/** The same with a second device in the real branch; the second bay of that has no cart. */
export const neighbourRegistry = {
  ...smallRegistry,
  chains: smallRegistry.chains.map((one) =>
    one.simulated
      ? one
      : { ...one, branches: one.branches.map((branch) => ({ ...branch, devices: [...branch.devices, neighbour()] })) },
  ),
} satisfies (typeof RegistryDocument)["Encoded"]

function neighbour() {
  const whole = device(3, "N")
  const controllers = whole.controllers.map((controller) => ({
    ...controller,
    bays: controller.bays.map((bay, lockIndex) => (lockIndex === 1 ? { ...bay, cart: null } : bay)),
  }))
  return { ...whole, controllers }
}

/** Ids of the second device's in that registry. */
export const neighbourPlaces = {
  ...placesOf(1),
  deviceId: idOf(3, 3),
  controllerId: idOf(4, 3),
  bayIds: [idOf(5, 30), idOf(5, 31)] as const,
  cartIds: [idOf(6, 30)] as const,
}
