/** Every route of the program: the API and its documentation, and the user interface for the rest. */
import { Layer } from "effect"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { AuditHttp } from "./Audit.http.ts"
import { AlarmsHttp } from "./Alarms.http.ts"
import { AuthorizationHttp } from "./Authorization.http.ts"
import { ConfigurationHttp } from "./Configuration.http.ts"
import { BaysHttp } from "./Bays.http.ts"
import { BoardReportsHttp } from "./BoardReports.http.ts"
import { BranchesHttp } from "./Branches.http.ts"
import { CartsHttp } from "./Carts.http.ts"
import { ChainsHttp } from "./Chains.http.ts"
import { ClosingSweepHttp } from "./ClosingSweep.http.ts"
import { CommissioningsHttp } from "./Commissionings.http.ts"
import { CommandsHttp } from "./Commands.http.ts"
import { ControllersHttp } from "./Controllers.http.ts"
import { DeviceAuthorizationHttp, DeviceBeatHttp, DeviceIdentityHttp } from "./DeviceIdentity.http.ts"
import { DeviceInsightsHttp } from "./DeviceInsights.http.ts"
import { DeviceRecordsHttp } from "./DeviceRecords.http.ts"
import { DocumentationHttp } from "./Documentation.http.ts"
import { HealthHttp } from "./Health.http.ts"
import { MatchedRoute } from "../metrics/HttpMeter.ts"
import { MeHttp, ShopperAuthorizationHttp } from "./Me.http.ts"
import { MetricsHttp } from "./Metrics.http.ts"
import { MonitoringHttp } from "./Monitoring.http.ts"
import { OperationsHttp } from "./Operations.http.ts"
import { OverviewHttp } from "./Overview.http.ts"
import { RegistryHttp } from "./Registry.http.ts"
import { RentalsHttp } from "./Rentals.http.ts"
import { ReturnsHttp } from "./Returns.http.ts"
import { SearchHttp } from "./Search.http.ts"
import { ShoppersHttp } from "./Shoppers.http.ts"
import { SimulatedShopperHttp } from "./SimulatedShopper.http.ts"
import { SimulationHttp } from "./Simulation.http.ts"
import { PhonesHttp } from "./Phones.http.ts"
import { ProfileHttp } from "./Profile.http.ts"
import { StaffHttp } from "./Staff.http.ts"
import { TelemetryHttp } from "./Telemetry.http.ts"
import { TwinsHttp } from "./Twins.http.ts"
import { UsersHttp } from "./Users.http.ts"
import { UserInterfaceHttp } from "./UserInterface.http.ts"

const ApiHttp = HttpApiBuilder.layer(Api, { openapiPath: "/api/openapi.json" }).pipe(
  Layer.provide([
    StaffHttp,
    ProfileHttp,
    PhonesHttp,
    UsersHttp,
    OverviewHttp,
    SearchHttp,
    RegistryHttp,
    DeviceIdentityHttp,
    DeviceBeatHttp,
    DeviceRecordsHttp,
    DeviceInsightsHttp,
    ChainsHttp,
    BranchesHttp,
    ClosingSweepHttp,
    CommissioningsHttp,
    ControllersHttp,
    BoardReportsHttp,
    BaysHttp,
    CartsHttp,
    TwinsHttp,
    CommandsHttp,
    AlarmsHttp,
    OperationsHttp,
    ShoppersHttp,
    MeHttp,
    RentalsHttp,
    ReturnsHttp,
    ConfigurationHttp,
    AuditHttp,
    SimulationHttp,
    SimulatedShopperHttp,
    TelemetryHttp,
    MonitoringHttp,
    HealthHttp,
  ]),
  Layer.provide([
    AuthorizationHttp,
    ShopperAuthorizationHttp,
    DeviceAuthorizationHttp,
    HttpApiMiddleware.layerProblemDetails({ includeDetails: true }),
  ]),
)

export const Routes = Layer.mergeAll(ApiHttp, DocumentationHttp, MetricsHttp, UserInterfaceHttp, MatchedRoute)
