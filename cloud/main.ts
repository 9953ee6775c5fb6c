/** The cloud as layers: what listens, what sweeps, and what they stand on. Launched by `cartwise cloud`. */
import { NodeServices } from "@effect/platform-node"
import { Layer } from "effect"
import { AuditSealing } from "./audit/AuditSeals.ts"
import { AlarmWatch } from "./alarms/AlarmWatch.ts"
import { Broker } from "./broker/Broker.ts"
import { CommandLog } from "./commands/CommandLog.ts"
import { CommandRequest } from "./commands/CommandRequest.ts"
import { CommandSigner } from "./commands/CommandSigner.ts"
import { Dispatch } from "./commands/Dispatch.ts"
import { Outbox } from "./commands/Outbox.ts"
import { OverdueCommands } from "./commands/OverdueCommands.ts"
import { SnapshotRequest } from "./commands/SnapshotRequest.ts"
import { HttpServer } from "./http/HttpServer.ts"
import { Once } from "./http/Once.ts"
import { Sessions } from "./http/Sessions.ts"
import { ConfigOffers } from "./config/ConfigOffers.ts"
import { Configs } from "./config/Configs.ts"
import { Placements } from "./config/Placements.ts"
import { DeviceBeats } from "./devices/DeviceBeats.ts"
import { DeviceDesk } from "./devices/DeviceDesk.ts"
import { DeviceTokens } from "./devices/DeviceTokens.ts"
import { Enrolment } from "./devices/Enrolment.ts"
import { Commits } from "./live/Commits.ts"
import { LiveFeed } from "./live/LiveFeed.ts"
import { LiveSnapshots } from "./live/LiveSnapshots.ts"
import { LiveServer } from "./live/LiveServer.ts"
import { Logging } from "./Logging.ts"
import { Census } from "./metrics/Census.ts"
import { CommandMeter } from "./metrics/CommandMeter.ts"
import { IngestHistory } from "./metrics/IngestHistory.ts"
import { Meters } from "./metrics/Meters.ts"
import { MetricsServer } from "./metrics/MetricsServer.ts"
import { MetricsText } from "./metrics/MetricsText.ts"
import { AnotherCart } from "./rentals/AnotherCart.ts"
import { Assignment } from "./rentals/Assignment.ts"
import { Lending } from "./rentals/Lending.ts"
import { MyRentals } from "./rentals/MyRentals.ts"
import { RentalFollower } from "./rentals/RentalFollower.ts"
import { ReturnAnnounced } from "./rentals/ReturnAnnounced.ts"
import { ReturnDecisions } from "./rentals/ReturnDecisions.ts"
import { ReturnDesk } from "./rentals/ReturnDesk.ts"
import { TellShoppers } from "./rentals/TellShoppers.ts"
import { Deadlines } from "./registry/Deadlines.ts"
import { Equipment } from "./registry/Equipment.ts"
import { Registry } from "./registry/Registry.ts"
import { CheckedSettings } from "./Production.ts"
import { Database } from "./store/Database.ts"
import { Store } from "./store/Store.ts"
import { Sweeps } from "./Sweeps.ts"
import { TelemetryKeeper } from "./telemetry/TelemetryKeeper.ts"
import { TelemetryRetention } from "./telemetry/TelemetryRetention.ts"
import { MqttClient } from "./sync/MqttClient.ts"
import { Restart } from "./sync/Restart.ts"
import { Sync } from "./sync/Sync.ts"
import { PastTwins } from "./views/PastTwins.ts"
import { TwinViews } from "./views/TwinViews.ts"

/** Everything but its settings and where its log goes. */
export const CloudServices = Layer.mergeAll(
  HttpServer.layer,
  MetricsServer.layer,
  Sweeps,
  AuditSealing,
  TelemetryKeeper.layer,
).pipe(
  Layer.provideMerge(Layer.mergeAll(MetricsText.layer, Once.layer)),
  Layer.provideMerge(Layer.mergeAll(Census.layer, CommandMeter, CommandLog)),
  Layer.provideMerge(Layer.mergeAll(LiveServer.layer, Restart)),
  Layer.provideMerge(
    Layer.mergeAll(LiveFeed.layer, AlarmWatch.layer, CommandRequest.layer, Deadlines.layer, OverdueCommands.layer),
  ),
  Layer.provideMerge(
    Layer.mergeAll(AnotherCart.layer, ReturnDecisions.layer, ReturnAnnounced.layer).pipe(
      Layer.provideMerge(ReturnDesk.layer),
      Layer.provideMerge(Layer.mergeAll(Lending.layer, MyRentals.layer, RentalFollower.layer, TellShoppers.layer)),
      Layer.provideMerge(Assignment.layer),
    ),
  ),
  Layer.provideMerge(Layer.mergeAll(Enrolment.layer, DeviceDesk.layer, DeviceBeats.layer)),
  Layer.provideMerge(Sync),
  Layer.provideMerge(TelemetryRetention.layer),
  Layer.provideMerge(Layer.mergeAll(SnapshotRequest.layer, ConfigOffers.layer)),
  Layer.provideMerge(Dispatch.layer),
  Layer.provideMerge(Outbox.layer),
  Layer.provideMerge(LiveSnapshots.layer),
  Layer.provideMerge(Layer.mergeAll(TwinViews.layer, PastTwins.layer, MqttClient.layer, CommandSigner.layer)),
  Layer.provideMerge(Registry),
  Layer.provideMerge(Layer.mergeAll(Sessions, DeviceTokens.layer, Placements.layer, Equipment.layer)),
  Layer.provideMerge(Configs.layer),
  Layer.provideMerge(Broker.layer),
  Layer.provideMerge(Store),
  Layer.provideMerge(Layer.mergeAll(Database, Commits.layer, Meters.layer, IngestHistory.layer, NodeServices.layer)),
)

/** Everything the cloud is; `HttpServer` and `Broker` say where it listens. */
export const Cloud = CloudServices.pipe(Layer.provideMerge(Logging), Layer.provideMerge(CheckedSettings))
