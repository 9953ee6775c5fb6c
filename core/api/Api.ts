/**
 * The HTTP contract: every route with what it takes, gives and may fail with. Handlers live in the cloud; the OpenAPI
 * document, the typed client of the UI and the tests all come from this one definition. Prefix: `/api`.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, OpenApi } from "effect/http-api"
import { DeviceStatus } from "../domain/Device.ts"
import { BranchId, ChainId, ControllerId, DeviceId, Host, TwinKind, ZoneId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { AuditGroup } from "./Audit.ts"
import { AlarmsGroup } from "./Alarms.ts"
import { Authorization } from "./Authorization.ts"
import { BaysGroup } from "./Bays.ts"
import { BoardReportsGroup } from "./BoardReports.ts"
import { BranchesGroup } from "./Branches.ts"
import { cartQuery, CartsGroup } from "./Carts.ts"
import { ChainsGroup } from "./Chains.ts"
import { ClosingSweepGroup } from "./ClosingSweep.ts"
import { CommissioningsGroup } from "./Commissionings.ts"
import { CommandsGroup } from "./Commands.ts"
import { ConfigurationGroup } from "./Configuration.ts"
import { ControllersGroup } from "./Controllers.ts"
import { openApiDocument } from "./OpenApiDocument.ts"
import { DeviceBeatGroup, DeviceIdentityGroup } from "./DeviceIdentity.ts"
import { DeviceInsightsGroup } from "./DeviceInsights.ts"
import { DeviceRecordsGroup } from "./DeviceRecords.ts"
import { MonitoringGroup } from "./Monitoring.ts"
import { OperationsGroup } from "./Operations.ts"
import { needs } from "./Needs.ts"
import { OverviewGroup } from "./Overview.ts"
import { Forbidden, HistoryNotKept, NoSuchMoment, NotFound, SimulationRefused, Unavailable } from "./Problems.ts"
import { Bay, Branch, Cart, Chain, Controller, Device, Page } from "./Records.ts"
import { RentalsGroup } from "./Rentals.ts"
import { ReturnsGroup } from "./Returns.ts"
import { SearchGroup } from "./Search.ts"
import { MeGroup, ShoppersGroup } from "./Shoppers.ts"
import { SimulatedShopperGroup } from "./SimulatedShopper.ts"
import { Flag, searched, sortedBy } from "./Sorting.ts"
import { PhonesGroup } from "./Phones.ts"
import { ProfileGroup, StaffGroup } from "./Staff.ts"
import { HistoryPage, historyQuery, momentQuery } from "./TwinHistory.ts"
import { TelemetryGroup } from "./Telemetry.ts"
import { Twin } from "./Twins.ts"
import { UsersGroup } from "./Users.ts"

const branchQuery = {
  ...sortedBy("name", "branch_code", "city", "created_at", "updated_at"),
  q: Schema.optional(searched),
  active: Schema.optional(Flag),
  archived: Schema.optional(Flag),
}

export class RegistryGroup extends HttpApiGroup.make("registry")
  .add(
    HttpApiEndpoint.get("chains", "/chains", {
      query: {
        ...sortedBy("name", "slug", "created_at", "updated_at"),
        q: Schema.optional(searched),
        active: Schema.optional(Flag),
        archived: Schema.optional(Flag),
      },
      success: Page(Chain),
    })
      .annotate(OpenApi.Description, "Chains you work in, by name; `q` is a part of a name or slug.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.get("branches", "/branches", {
      query: { ...branchQuery, chain_id: Schema.optional(ChainId) },
      success: Page(Branch),
    })
      .annotate(OpenApi.Description, "Branches you work in, by name; `q` is a part of a name or code.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.get("branchesOf", "/chains/:id/branches", {
      params: { id: ChainId },
      query: branchQuery,
      success: Page(Branch),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The branches of a chain, by name.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.get("devices", "/devices", {
      query: {
        ...sortedBy("device_name", "serial_number", "firmware_version", "last_heartbeat", "created_at"),
        q: Schema.optional(searched),
        chain_id: Schema.optional(ChainId),
        branch_id: Schema.optional(BranchId),
        status: Schema.optional(DeviceStatus),
      },
      success: Page(Device),
    })
      .annotate(
        OpenApi.Description,
        "Devices that are in use, by name; `q` is a part of a name, a MAC address or a serial number.",
      )
      .annotateMerge(needs("device.view")),
    HttpApiEndpoint.get("controllers", "/devices/:id/controllers", {
      params: { id: DeviceId },
      query: sortedBy("port", "controller_address", "created_at"),
      success: Page(Controller),
      error: NotFound,
    }).annotateMerge(needs("device.view")),
    HttpApiEndpoint.get("bays", "/branches/:id/bays", {
      params: { id: BranchId },
      query: {
        ...sortedBy("label", "created_at"),
        q: Schema.optional(searched),
        device_id: Schema.optional(DeviceId),
        controller_id: Schema.optional(ControllerId),
        zone_id: Schema.optional(ZoneId),
        accessible: Schema.optional(Flag),
        /** Whether a cart belongs in it. */
        placed: Schema.optional(Flag),
      },
      success: Page(Bay),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "Bays of a branch that are in use, by label; `q` is a part of a label.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.get("carts", "/branches/:id/carts", {
      params: { id: BranchId },
      query: cartQuery,
      success: Page(Cart),
      error: NotFound,
    }).annotateMerge(needs("registry.view")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Registry", description: "What is installed where." })) {}

/** A statechart as data: what `xstate` calls its definition, with the names of guards and actions and nothing that runs. */
const MachineView = Schema.Struct({
  kind: TwinKind,
  version: Schema.Int,
  /** Who writes each region. */
  regions: Schema.Record(Schema.String, Host),
  definition: Schema.Json,
})

export class TwinsGroup extends HttpApiGroup.make("twins")
  .add(
    HttpApiEndpoint.get("machine", "/machines/:kind", {
      params: { kind: TwinKind },
      success: MachineView,
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The statechart of a kind of twin: its states, events, guards and delays by name.")
      .annotateMerge(needs("twin.view")),
    HttpApiEndpoint.get("get", "/twins/:kind/:id", {
      params: { kind: TwinKind, id: Schema.String },
      query: momentQuery,
      success: Twin,
      error: [NotFound, Forbidden, NoSuchMoment, HistoryNotKept],
    })
      .annotate(OpenApi.Description, "A twin as it is, or as it was: at a `revision`, or `at` an instant.")
      .annotateMerge(needs("twin.view", "twin.inspect")),
    HttpApiEndpoint.get("events", "/twins/:kind/:id/events", {
      params: { kind: TwinKind, id: Schema.String },
      query: historyQuery,
      success: HistoryPage,
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "The history of a twin, newest first: the first page holds what happened last.")
      .annotateMerge(needs("twin.inspect")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Twins", description: "The state of everything, and how it came." })) {}

/** What a hand can do to a simulated bay. */
export const SimulationVerb = Schema.Literals(["take", "return", "jam", "free", "silence", "cut-wire", "restore"])
export type SimulationVerb = typeof SimulationVerb.Type

/** A message on a fake phone: nobody received it anywhere else. */
export const SimulatedSms = Schema.Struct({
  to: Schema.String,
  text: Schema.String,
  purpose: Schema.String,
  at: Instant,
})

export class SimulationGroup extends HttpApiGroup.make("simulation")
  .add(
    HttpApiEndpoint.post("act", "/simulation/bays/:id/:verb", {
      params: { id: Schema.String, verb: SimulationVerb },
      success: Schema.Struct({ done: Schema.String }),
      error: [NotFound, Forbidden, SimulationRefused, Unavailable],
    }).annotateMerge(needs("sim.run")),
    HttpApiEndpoint.get("sms", "/simulation/sms", {
      query: { to: Schema.optional(Schema.String.check(Schema.isMaxLength(40))) },
      success: Schema.Struct({ items: Schema.Array(SimulatedSms) }),
      error: Forbidden,
    })
      .annotate(OpenApi.Description, "What a fake phone received, newest first; empty where messages are really sent.")
      .annotateMerge(needs("sim.run")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Simulation", description: "Hands for simulated bays only." })) {}

const Health = Schema.Struct({ status: Schema.Literals(["ok"]), version: Schema.String })

export class HealthGroup extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/live", { success: Health }),
    HttpApiEndpoint.get("ready", "/ready", { success: Health, error: Unavailable }),
  )
  .prefix("/health")
  .annotateMerge(OpenApi.annotations({ title: "Health", description: "For load balancers and watchdogs." })) {}

export class Api extends HttpApi.make("cartwise")
  .add(StaffGroup.prefix("/api"))
  .add(ProfileGroup.prefix("/api"))
  .add(UsersGroup.prefix("/api"))
  .add(PhonesGroup.prefix("/api"))
  .add(ShoppersGroup.prefix("/api"))
  .add(MeGroup.prefix("/api"))
  .add(RentalsGroup.prefix("/api"))
  .add(ReturnsGroup.prefix("/api"))
  .add(OverviewGroup.prefix("/api"))
  .add(SearchGroup.prefix("/api"))
  .add(RegistryGroup.prefix("/api"))
  .add(DeviceIdentityGroup.prefix("/api"))
  .add(DeviceBeatGroup.prefix("/api"))
  .add(DeviceRecordsGroup.prefix("/api"))
  .add(DeviceInsightsGroup.prefix("/api"))
  .add(ChainsGroup.prefix("/api"))
  .add(BranchesGroup.prefix("/api"))
  .add(ClosingSweepGroup.prefix("/api"))
  .add(CommissioningsGroup.prefix("/api"))
  .add(ControllersGroup.prefix("/api"))
  .add(BoardReportsGroup.prefix("/api"))
  .add(BaysGroup.prefix("/api"))
  .add(CartsGroup.prefix("/api"))
  .add(TwinsGroup.prefix("/api"))
  .add(CommandsGroup.prefix("/api"))
  .add(AlarmsGroup.prefix("/api"))
  .add(OperationsGroup.prefix("/api"))
  .add(ConfigurationGroup.prefix("/api"))
  .add(AuditGroup.prefix("/api"))
  .add(MonitoringGroup.prefix("/api"))
  .add(TelemetryGroup.prefix("/api"))
  .add(SimulationGroup.prefix("/api"))
  .add(SimulatedShopperGroup.prefix("/api"))
  .add(HealthGroup)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotateMerge(
    OpenApi.annotations({
      title: "CartWise Cloud",
      version: "0.1.0",
      description:
        "Lends shopping carts from electronically locked bays; mirrors every machine as a digital twin. " +
        "What devices say over MQTT is described by [/api/asyncapi.json](/api/asyncapi.json).",
      transform: openApiDocument,
    }),
  ) {}
