/**
 * The routes. What is chosen on a page (a bay, a twin, a filter, a running command) is in the address, so that the
 * back button, a reload and a link to a colleague all lead to the same view.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router"
import { sessionAtom } from "./api/Session.ts"
import { Frame } from "./frame/Frame.tsx"
import { parseCartsSearch } from "./pages/CartsSearch.ts"
import { parseCommandsSearch } from "./pages/CommandsSearch.ts"
import { parseDevicesSearch } from "./pages/DevicesSearch.ts"
import { parseAuditSearch } from "./pages/AuditSearch.ts"
import { BranchSearch } from "./pages/BranchSearch.ts"
import { BranchPage } from "./pages/BranchPage.tsx"
import { NotFoundPage } from "./pages/NotFoundPage.tsx"
import { SignInPage } from "./pages/SignInPage.tsx"
import { parseAlarmsSearch } from "./pages/AlarmsSearch.ts"
import { TwinSearch } from "./pages/TwinSearch.ts"
import { parseRentalsSearch } from "./pages/RentalsSearch.ts"
import { parseScopeSearch, type ScopeSearch } from "./scope/Scope.ts"
import { parseTelemetrySearch } from "./telemetry/TelemetrySearch.ts"
import { parseTableSearch, type TableSearch } from "./table/TableSearch.ts"

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

/** Only a path of our own may be returned to, never another site. */
const ownPath = (value: unknown): string | undefined =>
  typeof value === "string" && value.startsWith("/") && !value.startsWith("//") ? value : undefined

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { readonly return?: string } => {
    const back = ownPath(search["return"])
    return back === undefined ? {} : { return: back }
  },
  beforeLoad: ({ search }) => {
    if (sessionAtom.get() !== undefined) throw redirect({ href: search.return ?? "/" })
  },
})

const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "frame",
  component: Frame,
  validateSearch: parseScopeSearch,
  // Whatever page is gone to, the part that is shown stays the same.
  search: { middlewares: [retainSearchParams<ScopeSearch>(["scope"])] },
  beforeLoad: ({ location }) => {
    if (sessionAtom.get() === undefined) throw redirect({ to: "/sign-in", search: { return: location.href } })
  },
})

const overviewRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/OverviewPage.tsx"), "OverviewPage"),
  validateSearch: parseTableSearch,
})

const chainsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/chains",
  component: lazyRouteComponent(() => import("./pages/ChainsPage.tsx"), "ChainsPage"),
  validateSearch: parseTableSearch,
})

const branchesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/branches",
  component: lazyRouteComponent(() => import("./pages/BranchesPage.tsx"), "BranchesPage"),
  validateSearch: parseTableSearch,
})

const branchRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/branches/$branchId",
  component: BranchPage,
  validateSearch: BranchSearch.parse,
})

const deviceRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/devices/$deviceId",
  component: lazyRouteComponent(() => import("./pages/DevicePage.tsx"), "DevicePage"),
})

const controllersRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/controllers",
  component: lazyRouteComponent(() => import("./pages/ControllersPage.tsx"), "ControllersPage"),
  validateSearch: parseTableSearch,
})

const controllerRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/controllers/$controllerId",
  component: lazyRouteComponent(() => import("./pages/ControllerPage.tsx"), "ControllerPage"),
  validateSearch: parseTableSearch,
})

const twinRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/twins/$kind/$id",
  component: lazyRouteComponent(() => import("./pages/TwinPage.tsx"), "TwinPage"),
  validateSearch: TwinSearch.parse,
})

const openOr =
  <const Other extends string>(other: Other) =>
  (search: Record<string, unknown>): TableSearch & { readonly state?: Other } => ({
    ...parseTableSearch(search),
    ...(search["state"] === other ? { state: other } : {}),
  })

const installRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/install/$branchId",
  component: lazyRouteComponent(() => import("./install/InstallPage.tsx"), "InstallPage"),
  validateSearch: (search: Record<string, unknown>): { readonly bay?: string } =>
    typeof search["bay"] === "string" ? { bay: search["bay"] } : {},
})

const alarmsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/alarms",
  component: lazyRouteComponent(() => import("./pages/AlarmsPage.tsx"), "AlarmsPage"),
  validateSearch: parseAlarmsSearch,
})

const alarmRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/alarms/$id",
  component: lazyRouteComponent(() => import("./pages/AlarmPage.tsx"), "AlarmPage"),
})

const alarmRulesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/alarm-rules",
  component: lazyRouteComponent(() => import("./pages/AlarmRulesPage.tsx"), "AlarmRulesPage"),
  validateSearch: (search: Record<string, unknown>): TableSearch & { readonly chain?: string } => ({
    ...parseTableSearch(search),
    ...(typeof search["chain"] === "string" ? { chain: search["chain"] } : {}),
  }),
})

const divergencesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/divergences",
  component: lazyRouteComponent(() => import("./pages/DivergencesPage.tsx"), "DivergencesPage"),
  validateSearch: openOr("resolved"),
})

const rentalsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/rentals",
  component: lazyRouteComponent(() => import("./pages/RentalsPage.tsx"), "RentalsPage"),
  validateSearch: parseRentalsSearch,
})

const cartsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/carts",
  component: lazyRouteComponent(() => import("./pages/CartsPage.tsx"), "CartsPage"),
  validateSearch: parseCartsSearch,
})

const devicesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/devices",
  component: lazyRouteComponent(() => import("./pages/DevicesPage.tsx"), "DevicesPage"),
  validateSearch: parseDevicesSearch,
})

const commandsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/commands",
  component: lazyRouteComponent(() => import("./pages/CommandsPage.tsx"), "CommandsPage"),
  validateSearch: parseCommandsSearch,
})

const commandRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/commands/$id",
  component: lazyRouteComponent(() => import("./pages/CommandPage.tsx"), "CommandPage"),
})

const monitoringRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/monitoring",
  component: lazyRouteComponent(() => import("./pages/MonitoringPage.tsx"), "MonitoringPage"),
})

const telemetryRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/telemetry",
  component: lazyRouteComponent(() => import("./pages/TelemetryPage.tsx"), "TelemetryPage"),
  validateSearch: parseTelemetrySearch,
})

const usersRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/users",
  component: lazyRouteComponent(() => import("./pages/UsersPage.tsx"), "UsersPage"),
  validateSearch: parseTableSearch,
})

const userRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/users/$id",
  component: lazyRouteComponent(() => import("./pages/UserPage.tsx"), "UserPage"),
})

const auditRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/audit",
  component: lazyRouteComponent(() => import("./pages/AuditPage.tsx"), "AuditPage"),
  validateSearch: parseAuditSearch,
})

const profileRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/profile",
  component: lazyRouteComponent(() => import("./pages/ProfilePage.tsx"), "ProfilePage"),
})

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  component: lazyRouteComponent(() => import("./pages/InvitationPage.tsx"), "InvitationPage"),
})

const frameRoutes = [
  overviewRoute,
  chainsRoute,
  branchesRoute,
  branchRoute,
  deviceRoute,
  controllersRoute,
  controllerRoute,
  twinRoute,
  installRoute,
  alarmsRoute,
  alarmRoute,
  alarmRulesRoute,
  divergencesRoute,
  rentalsRoute,
  cartsRoute,
  devicesRoute,
  commandsRoute,
  commandRoute,
  monitoringRoute,
  telemetryRoute,
  usersRoute,
  userRoute,
  auditRoute,
  profileRoute,
] as const

export const router = createRouter({
  routeTree: rootRoute.addChildren([signInRoute, invitationRoute, frameRoute.addChildren(frameRoutes)]),
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: false,
})

/** Somebody signed in or out, or the server ended the session: every route asks again whether one may be here. */
sessionAtom.subscribe(() => void router.invalidate())

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
