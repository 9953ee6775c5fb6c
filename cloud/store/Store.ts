/** Every repository, on one database. */
import { Layer } from "effect"
import { Agenda } from "../Agenda.ts"
import { Audit } from "../audit/Audit.ts"
import { AuditSeals } from "../audit/AuditSeals.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Alarms } from "./Alarms.ts"
import { AlarmTunings } from "./AlarmTunings.ts"
import { BayRows } from "./BayRows.ts"
import { Bays } from "./Bays.ts"
import { BayRecords } from "./BayRecords.ts"
import { BoardReports } from "./BoardReports.ts"
import { BranchRecords } from "./BranchRecords.ts"
import { Branches } from "./Branches.ts"
import { CartRecords } from "./CartRecords.ts"
import { Carts } from "./Carts.ts"
import { CartPlaces } from "./CartPlaces.ts"
import { CartsOut } from "./CartsOut.ts"
import { Chains } from "./Chains.ts"
import { CommandList } from "./CommandList.ts"
import { Commissionings } from "./Commissionings.ts"
import { CommandNotesLive } from "./CommandNotes.ts"
import { CommandTraces } from "./CommandTraces.ts"
import { Commands } from "./Commands.ts"
import { CommandStatistics } from "./CommandStatistics.ts"
import { CommandTargets } from "./CommandTargets.ts"
import { ControllerRecords } from "./ControllerRecords.ts"
import { Controllers } from "./Controllers.ts"
import { Devices } from "./Devices.ts"
import { DeviceConfigs } from "./DeviceConfigs.ts"
import { DeviceClaims } from "./DeviceClaims.ts"
import { DeviceInsights } from "./DeviceInsights.ts"
import { DeviceIdentities } from "./DeviceIdentities.ts"
import { DeviceLayouts } from "./DeviceLayouts.ts"
import { DeviceRecords } from "./DeviceRecords.ts"
import { DeviceTokenRows } from "./DeviceTokenRows.ts"
import { RegistrationTries } from "./RegistrationTries.ts"
import { DeviceSessions } from "./DeviceSessions.ts"
import { Divergences } from "./Divergences.ts"
import { OtpChallenges } from "./OtpChallenges.ts"
import { Overviews } from "./Overviews.ts"
import { PastStates } from "./PastStates.ts"
import { Places } from "./Places.ts"
import { PlaceCounts } from "./PlaceCounts.ts"
import { Quarantine } from "./Quarantine.ts"
import { QuarantineList } from "./QuarantineList.ts"
import { RentalList } from "./RentalList.ts"
import { RentalMessages } from "./RentalMessages.ts"
import { Recounts } from "./Recounts.ts"
import { LendableCarts } from "./LendableCarts.ts"
import { Rentals } from "./Rentals.ts"
import { Search } from "./Search.ts"
import { FreeBays } from "./FreeBays.ts"
import { ReturnList } from "./ReturnList.ts"
import { Returns } from "./Returns.ts"
import { SealedPhones } from "./SealedPhones.ts"
import { Shoppers } from "./Shoppers.ts"
import { ShopperViews } from "./ShopperViews.ts"
import { Telemetry } from "./Telemetry.ts"
import { TelemetryHistory } from "./TelemetryHistory.ts"
import { Transaction } from "./Transaction.ts"
import { RequestKeys } from "./RequestKeys.ts"
import { TwinHistory } from "./TwinHistory.ts"
import { Twins } from "./Twins.ts"
import { UnreadableTwins } from "./UnreadableTwins.ts"
import { Users } from "./Users.ts"
import { Zones } from "./Zones.ts"

export const Store = Layer.mergeAll(
  Alarms.layer,
  AlarmTunings.layer,
  Audit.layer,
  AuditSeals.layer,
  AuditTrail.layer,
  BayRows.layer,
  Bays.layer,
  BayRecords.layer,
  BoardReports.layer,
  Branches.layer,
  BranchRecords.layer,
  Carts.layer,
  CartRecords.layer,
  CartPlaces.layer,
  CartsOut.layer,
  Chains.layer,
  CommandList.layer,
  Commissionings.layer,
  Commands.layer,
  CommandTraces.layer,
  CommandStatistics.layer,
  CommandTargets.layer,
  Controllers.layer,
  ControllerRecords.layer,
  Devices.layer,
  DeviceConfigs.layer,
  DeviceSessions.layer,
  DeviceClaims.layer,
  DeviceIdentities.layer,
  DeviceInsights.layer,
  DeviceLayouts.layer,
  DeviceRecords.layer,
  DeviceTokenRows.layer,
  RegistrationTries.layer,
  Divergences.layer,
  OtpChallenges.layer,
  Overviews.layer,
  PastStates.layer,
  Places.layer,
  PlaceCounts.layer,
  QuarantineList.layer,
  RentalList.layer,
  RentalMessages.layer,
  Recounts.layer,
  LendableCarts.layer,
  Rentals.layer,
  Search.layer,
  FreeBays.layer,
  ReturnList.layer,
  Returns.layer,
  SealedPhones.layer,
  Shoppers.layer,
  ShopperViews.layer,
  RequestKeys.layer,
  Telemetry.layer,
  TelemetryHistory.layer,
  Transaction.layer,
  TwinHistory.layer,
  Twins.layer,
  Users.layer,
  Zones.layer,
).pipe(Layer.provideMerge(Layer.mergeAll(Quarantine.layer, UnreadableTwins.layer, Agenda.layer, CommandNotesLive)))
