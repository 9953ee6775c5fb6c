/**
 * Every migration in order. A migration is never changed once it has run anywhere: the next one corrects it. They run
 * in one transaction under a lock, so two programs may start at once.
 */
import { PgMigrator } from "@effect/sql-pg"
import { Effect } from "effect"
import registry from "./migrations/0001_registry.ts"
import twins from "./migrations/0002_twins.ts"
import devices from "./migrations/0003_devices.ts"
import commands from "./migrations/0004_commands.ts"
import alarmRules from "./migrations/0020_alarm_rules.ts"
import alarmRuleTunings from "./migrations/0023_alarm_rule_tunings.ts"
import alarms from "./migrations/0008_alarms.ts"
import shoppers from "./migrations/0009_shoppers.ts"
import twinStates from "./migrations/0010_twin_states.ts"
import requestKeys from "./migrations/0011_request_keys.ts"
import configuration from "./migrations/0012_configuration.ts"
import commandTrail from "./migrations/0013_command_trail.ts"
import unknownCommands from "./migrations/0014_unknown_commands.ts"
import rentals from "./migrations/0016_rentals.ts"
import audit from "./migrations/0019_audit.ts"
import staffSessions from "./migrations/0021_staff_sessions.ts"
import grants from "./migrations/0017_grants.ts"
import telemetry from "./migrations/0022_telemetry.ts"
import deviceIdentity from "./migrations/0024_device_identity.ts"
import roomInPages from "./migrations/0015_room_in_pages.ts"
import rentalAttention from "./migrations/0018_rental_attention.ts"
import rentalRevisions from "./migrations/0025_rental_revisions.ts"
import rentalMessages from "./migrations/0026_rental_messages.ts"
import registryRecords from "./migrations/0029_registry_records.ts"
import equipment from "./migrations/0030_equipment.ts"
import returns from "./migrations/0031_returns.ts"
import boardReports from "./migrations/0032_board_reports.ts"
import bayRows from "./migrations/0033_bay_rows.ts"
import commissionings from "./migrations/0034_commissionings.ts"
import deviceVersions from "./migrations/0035_device_versions.ts"

/** By number and name. A new one has the greatest number: one that is passed over never runs where a greater one has. */
export const migrations = {
  "0001_registry": registry,
  "0002_twins": twins,
  "0003_devices": devices,
  "0004_commands": commands,
  "0008_alarms": alarms,
  "0009_shoppers": shoppers,
  "0010_twin_states": twinStates,
  "0011_request_keys": requestKeys,
  "0012_configuration": configuration,
  "0013_command_trail": commandTrail,
  "0014_unknown_commands": unknownCommands,
  "0015_room_in_pages": roomInPages,
  "0016_rentals": rentals,
  "0017_grants": grants,
  "0019_audit": audit,
  "0021_staff_sessions": staffSessions,
  "0018_rental_attention": rentalAttention,
  "0020_alarm_rules": alarmRules,
  "0022_telemetry": telemetry,
  "0023_alarm_rule_tunings": alarmRuleTunings,
  "0024_device_identity": deviceIdentity,
  "0025_rental_revisions": rentalRevisions,
  "0026_rental_messages": rentalMessages,
  "0029_registry_records": registryRecords,
  "0030_equipment": equipment,
  "0031_returns": returns,
  "0032_board_reports": boardReports,
  "0033_bay_rows": bayRows,
  "0034_commissionings": commissionings,
  "0035_device_versions": deviceVersions,
}

/** Which migrations have run. */
export const migrationsTable = "cartwise_migrations"

/** Runs what has not run yet and gives the ids and names of that. */
export const migrate = PgMigrator.run({
  loader: PgMigrator.fromRecord(migrations),
  table: migrationsTable,
}).pipe(
  Effect.tap((ran) => (ran.length === 0 ? Effect.void : Effect.logInfo("migrations have run", { ran: ran.length }))),
)
