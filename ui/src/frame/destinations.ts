/** The pages that everybody may be led to, as data: what the list of places and the command palette show. */
import {
  Activity,
  BellRing,
  Building2,
  CircuitBoard,
  Cpu,
  Gauge,
  GitCompareArrows,
  Handshake,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  MapPin,
  ScrollText,
  ShoppingCart,
  Users,
} from "lucide-react"
import type { Capability } from "#core/access/Capability.ts"
import type { Holder } from "#core/access/HeldGrant.ts"
import { mayAnywhere } from "#core/access/may.ts"
import type { Words } from "../words/English.ts"

export interface Destination {
  readonly to:
    | "/"
    | "/alarms"
    | "/chains"
    | "/branches"
    | "/carts"
    | "/devices"
    | "/controllers"
    | "/commands"
    | "/divergences"
    | "/telemetry"
    | "/rentals"
    | "/monitoring"
    | "/users"
    | "/audit"
  readonly title: (words: Words) => string
  readonly Icon: LucideIcon
  /** Any of these anywhere is enough; without it everybody may go there. */
  readonly needs?: ReadonlyArray<Capability>
}

export const destinations: ReadonlyArray<Destination> = [
  { to: "/", title: ({ overview }) => overview.title, Icon: LayoutGrid },
  { to: "/alarms", title: ({ alarms }) => alarms.title, Icon: BellRing },
  {
    to: "/rentals",
    title: ({ rentals }) => rentals.title,
    Icon: Handshake,
    needs: ["rental.view", "rental.view_today"],
  },
  { to: "/chains", title: ({ records }) => records.chains, Icon: Building2 },
  { to: "/branches", title: ({ records }) => records.branches, Icon: MapPin },
  { to: "/carts", title: ({ carts }) => carts.title, Icon: ShoppingCart },
  { to: "/devices", title: ({ devices }) => devices.title, Icon: Cpu },
  { to: "/controllers", title: ({ boards }) => boards.title, Icon: CircuitBoard },
  { to: "/commands", title: ({ commands }) => commands.title, Icon: ListChecks },
  { to: "/divergences", title: ({ divergences }) => divergences.title, Icon: GitCompareArrows },
  { to: "/telemetry", title: ({ telemetry }) => telemetry.title, Icon: Activity },
  { to: "/monitoring", title: ({ monitoring }) => monitoring.title, Icon: Gauge, needs: ["metrics.read"] },
  {
    to: "/users",
    title: ({ staff }) => staff.users.title,
    Icon: Users,
    needs: ["user.manage", "user.manage_attendants"],
  },
  { to: "/audit", title: ({ staff }) => staff.audit.title, Icon: ScrollText, needs: ["audit.read", "audit.read_own"] },
]

/** Where somebody may go. */
export const destinationsOf = (user: Holder): ReadonlyArray<Destination> =>
  destinations.filter(({ needs }) => needs === undefined || needs.some((one) => mayAnywhere(user, one)))
