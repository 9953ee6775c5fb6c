/**
 * Every page there is, with an address of it in the running demo: what `npm run screenshots` takes pictures of and what axe
 * looks at. A page that the router has and this list has not fails a test.
 */
import type { Alarm } from "#core/api/Alarm.ts"
import type { Bay, Branch, Cart, Device } from "#core/api/Records.ts"
import type { User } from "#core/api/Users.ts"
import type { Page } from "playwright-core"
import { eventually } from "../support/Eventually.ts"
import type { Rest } from "../support/Rest.ts"

/** What of the demo the pages are shown with. */
export interface Shown {
  readonly branch: string
  /** A branch whose bays stand in rows that somebody has said. */
  readonly arranged: string
  readonly device: string
  readonly controller: string
  readonly bay: Bay
  readonly cart: string
  readonly command: string
  readonly alarm: number
  readonly user: string
}

export interface Screen {
  readonly name: string
  /** As the router has it. */
  readonly route: string
  readonly address: (shown: Shown) => string
  /** Shown without a sign-in. */
  readonly isPublic?: boolean
  /** Shows a world that goes on: something always moves there. */
  readonly goesOn?: boolean
  /** What is done there first. */
  readonly first?: (page: Page) => Promise<void>
}

const plain = (name: string, route = `/${name}`): Screen => ({ name, route, address: () => route })
const twin = (kind: string, idOf: (shown: Shown) => string): Screen => ({
  name: `twin-${kind}`,
  route: "/twins/$kind/$id",
  address: (shown) => `/twins/${kind}/${idOf(shown)}`,
})

export const screens: ReadonlyArray<Screen> = [
  { ...plain("sign-in"), isPublic: true },
  { ...plain("demo"), isPublic: true, goesOn: true },
  plain("overview", "/"),
  {
    ...plain("palette", "/"),
    first: async (page) => {
      await page.keyboard.press("Control+k")
      await page.locator("input[role=combobox]").fill("unlock a3")
      await page.getByRole("option").first().waitFor()
    },
  },
  {
    ...plain("branch-chosen", "/"),
    address: ({ branch }) => `/?scope=branch:${branch}`,
  },
  { name: "branch", route: "/branches/$branchId", address: ({ branch }) => `/branches/${branch}` },
  { name: "branch-rows", route: "/branches/$branchId", address: ({ arranged }) => `/branches/${arranged}` },
  { name: "bay", route: "/branches/$branchId", address: ({ branch, bay }) => `/branches/${branch}?bay=${bay.id}` },
  plain("chains"),
  plain("branches"),
  { name: "install", route: "/install/$branchId", address: ({ branch }) => `/install/${branch}` },
  plain("devices"),
  { name: "device", route: "/devices/$deviceId", address: ({ device }) => `/devices/${device}` },
  plain("controllers"),
  {
    name: "controller",
    route: "/controllers/$controllerId",
    address: ({ controller }) => `/controllers/${controller}`,
  },
  plain("carts"),
  plain("rentals"),
  plain("commands"),
  { name: "command", route: "/commands/$id", address: ({ command }) => `/commands/${command}` },
  plain("alarms"),
  { name: "alarm", route: "/alarms/$id", address: ({ alarm }) => `/alarms/${alarm}` },
  plain("alarm-rules"),
  plain("divergences"),
  plain("monitoring"),
  plain("telemetry"),
  plain("users"),
  { name: "user", route: "/users/$id", address: ({ user }) => `/users/${user}` },
  plain("audit"),
  plain("profile"),
  { name: "invitation", route: "/invitation", address: () => `/invitation#${"a".repeat(43)}`, isPublic: true },
  twin("bay", ({ bay }) => bay.id),
  twin("cart", ({ cart }) => cart),
  twin("controller", ({ controller }) => controller),
  twin("device", ({ device }) => device),
  { name: "not-found", route: "*", address: () => "/nowhere" },
]

/** Gives the demo something to show: a lock that jams, and so a command that failed and an alarm. */
export const somethingToShow = async (rest: Rest): Promise<Shown> => {
  const items = async <T>(path: string) => (await rest.get<{ items: ReadonlyArray<T> }>(path)).body.items
  const [branch] = await items<Branch>("/api/branches")
  if (branch === undefined) throw new Error("the demo has no branch")
  const bays = await items<Bay>(`/api/branches/${branch.id}/bays?limit=1000`)
  const carts = await items<Cart>(`/api/branches/${branch.id}/carts?limit=1000`)
  const parked = carts.filter(({ dock }) => dock === "secured")
  const [cart, other] = [parked[0], parked.at(-1)]
  const bay = bays.find((one) => one.cart?.id === cart?.id)
  if (cart === undefined || other === undefined || bay === undefined) throw new Error("no cart is parked")
  const [device] = (await items<Device>("/api/devices?limit=1000")).filter(({ branch_id }) => branch_id === branch.id)
  if (device === undefined) throw new Error("the branch has no device")
  await rest.post(`/api/simulation/bays/${bay.id}/jam`, undefined)
  let command = ""
  for (const reason of ["The wheel squeaks", "Once more"]) {
    command = await rest.unlock(cart.id, reason)
    await rest.commandAt(command, ["failed"])
  }
  const alarm = await eventually(async () => {
    const [raised] = (await items<Alarm>("/api/alarms?state=open")).filter(({ about }) => about.id === bay.id)
    if (raised === undefined) throw new Error("no alarm yet")
    return raised.id
  })
  const arranged = (await items<Branch>("/api/branches")).at(-1)?.id ?? branch.id
  const standing = (await items<Bay>(`/api/branches/${arranged}/bays?limit=1000`)).map(({ id }) => id)
  const rows = [standing.slice(0, 10), standing.slice(10, 26)]
  await rest.put(`/api/branches/${arranged}/bay-rows`, { rows })
  const { controller_id: controller } = bay
  const [user] = await items<User>("/api/users?role=platform_admin")
  if (user === undefined) throw new Error("nobody administers the demo")
  return {
    branch: branch.id,
    arranged,
    device: device.id,
    controller,
    bay,
    cart: other.id,
    command,
    alarm,
    user: user.id,
  }
}
