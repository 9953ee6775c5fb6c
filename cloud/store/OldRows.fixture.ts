/**
 * Rows as each version of the schema had them, by the migration after which a program first wrote them so; never changed, as
 * the databases of people are not. What the twins hold is what the first release stored.
 */
import { idOf } from "../SmallRegistry.fixture.ts"

const [chain, branch, device, controller] = [idOf(1, 1), idOf(2, 1), idOf(3, 1), idOf(4, 1)]
const [bay, cart, user, shopper] = [idOf(5, 1), idOf(6, 1), idOf(7, 1), idOf(9, 1)]
const [command, rental, journal, session] = [idOf(8, 1), idOf(9, 2), idOf(9, 3), idOf(9, 4)]
const at = "'2026-11-23T10:00:00Z'"

/** `correct horse battery`, as the first release hashed it. */
const password = "scrypt$15$8$3$MDEyMzQ1Njc4OWFiY2RlZg$knf6za9nGyU4480vWVZDWOL2uNgzmjQy-y3cqvfnUqA"

const unlocking = {
  value: { latch: { releasing: "pulsing" }, sensor: "trusted", service: "inService" },
  context: { hook: "closed", presence: "present", command, expiresAt: 1790000010000, pulses: 0, failures: 0 },
  deadlines: [{ id: "xstate.after.pulseAnswer.bay.latch.releasing.pulsing", dueAt: 1790000036000 }],
  revision: 2,
}
const enrolled = {
  value: { connection: "enrolled", sync: "unsynced", health: "unknown" },
  context: { session: 0, epoch: 0, divergences: 0, causes: [] },
  deadlines: [],
  revision: 0,
}
const probing = {
  value: { link: "probing" },
  context: { lostAt: null, problem: null },
  deadlines: [{ id: "xstate.after.probeWindow.controller.link.probing", dueAt: 1790000003000 }],
  revision: 0,
}
const unplaced = {
  value: { dock: "unknown", custody: "unplaced" },
  context: { bay: null, rental: null },
  deadlines: [],
  revision: 0,
}

interface StoredThen {
  readonly value: object
  readonly context: object
  readonly deadlines: ReadonlyArray<object>
  readonly revision: number
}

const twin = (kind: string, id: string, { value, context, deadlines, revision }: StoredThen) =>
  `insert into twins (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context,
                      deadlines, revision, changed_at)
   values ('${kind}', '${id}', '${chain}', '${branch}', '${device}', '${controller}', 'A1', '${kind}', 1,
           '${JSON.stringify(value)}', '${JSON.stringify(context)}', '${JSON.stringify(deadlines)}', ${revision}, ${at})`

export const oldRows: Readonly<Record<string, ReadonlyArray<string>>> = {
  "0001_registry": [
    `insert into chains (id, name, slug) values ('${chain}', 'סופר ישן', 'old')`,
    `insert into branches (id, chain_id, name, branch_code, timezone)
     values ('${branch}', '${chain}', 'Old branch', 'O-1', 'Asia/Jerusalem')`,
    `insert into devices (id, branch_id, device_name, mac_address, serial_number)
     values ('${device}', '${branch}', 'Old device', '02:00:00:00:00:01', 'S-1')`,
    `insert into controllers (id, device_id, controller_address, port, baudrate)
     values ('${controller}', '${device}', 0, '/dev/ttyUSB0', 19200)`,
    `insert into bays (id, branch_id, controller_id, lock_index, label)
     values ('${bay}', '${branch}', '${controller}', 0, 'A1')`,
    `insert into carts (id, branch_id, cart_number, bay_id) values ('${cart}', '${branch}', '7', '${bay}')`,
    `insert into users (id, email, name, role, password_hash)
     values ('${user}', 'admin@cartwise.example', 'Admin', 'platform_admin', '${password}')`,
  ],
  "0002_twins": [
    twin("device", device, enrolled),
    twin("controller", controller, probing),
    twin("bay", bay, unlocking),
    twin("cart", cart, unplaced),
    `insert into twin_events (kind, twin_id, revision, event, accepted, value, announces, actor, journal_id, seq, at,
                              received_at)
     values ('bay', '${bay}', 1, '{"type":"bay.observed"}', true, '{"latch":"secured"}', '[]', 'device', '${journal}', 1,
             ${at}, ${at})`,
    `insert into divergences (device_id, kind, twin_id, journal_id, seq, rule, event, expected, reported)
     select '${device}', 'bay', '${bay}', '${journal}', n, 'fact_replaces_mirror', '{"type":"bay.observed"}', '1', '2'
     from generate_series(1, 2) n`,
  ],
  "0003_devices": [
    `insert into device_sessions (device_id, session, epoch, journal_id, boot_reason, firmware_version, machines,
                                  simulated, booted_at, last_seen_at)
     values ('${device}', 1, 1, '${journal}', 'start', '0.1.0', '{"bay":1}', false, ${at}, ${at})`,
    `insert into journals (device_id, journal_id, watermark) values ('${device}', '${journal}', 1)`,
    `insert into quarantine (topic, reason, detail, payload, payload_bytes, at)
     values ('cartwise/old/O-1/devices/${device}/events', 'not_json', 'no', 'x', 1, ${at})`,
  ],
  "0004_commands": [
    `insert into commands (id, kind, target_kind, target_id, cart_id, device_id, epoch, stage, requested_by,
                           requested_reason, created_at, expires_at, updated_at)
     values ('${command}', 'unlock', 'bay', '${bay}', '${cart}', '${device}', 1, 'confirmed', 'admin@cartwise.example',
             'a shopper waits', ${at}, ${at}, ${at})`,
    `insert into command_stages (command_id, stage, at, recorded_at) values ('${command}', 'created', ${at}, ${at}),
     ('${command}', 'confirmed', ${at}, ${at})`,
  ],
  "0008_alarms": [
    `insert into alarms (code, kind, twin_id, device_id, journal_id, seq, raised_at, received_at, last_at)
     values ('FORCED_OPEN', 'bay', '${bay}', '${device}', '${journal}', 1, ${at}, ${at}, ${at})`,
  ],
  "0009_shoppers": [
    `insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
     values ('${shopper}', '${chain}', 'name', 'sealed', '+972•••••34', 'he', ${at}, ${at})`,
  ],
  "0011_request_keys": [
    `insert into request_keys (user_id, key, digest, command_id, expires_at)
     values ('${user}', 'k', 'd', '${command}', ${at})`,
  ],
  "0012_configuration": [
    `insert into device_configs (device_id, version, hash, document, changed_at, changed_by, reported_session,
                                 reported_revision, reported_version, reported_hash, reported_document, applied_at,
                                 reported_at)
     values ('${device}', 1, 'h', '{}', ${at}, 'registry', 1, 1, 1, 'h', '{}', ${at}, ${at})`,
  ],
  "0013_command_trail": [
    `insert into command_notes (command_id, what, detail, started_at, ended_at)
     values ('${command}', 'requested', '{}', ${at}, ${at})`,
  ],
  "0016_rentals": [
    `insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, cart_id, bay_id, command_id, seen_event,
                          created_at, updated_at)
     select '${rental}', '${chain}', '${branch}', '${shopper}', 'active', true, '${cart}', '${bay}', '${command}',
            max(id), ${at}, ${at} from twin_events`,
  ],
  "0019_audit": [
    `insert into audit_log (at, chain_id, actor_kind, actor, action, details)
     values (${at}, '${chain}', 'user', '${user}', 'command.requested', '{}')`,
  ],
  "0021_staff_sessions": [
    `insert into staff_sessions (id, user_id, created_at, expires_at) values ('${session}', '${user}', ${at}, ${at})`,
  ],
  "0022_telemetry": [
    `insert into telemetry (chain_id, device_id, event_type, event_data, session, at, received_at)
     values ('${chain}', '${device}', 'device.vitals', '{}', 1, ${at}, ${at})`,
  ],
  "0023_alarm_rule_tunings": [
    `insert into alarm_rule_tunings (chain_id, code, is_on, severity, raise_after_ms, clear_after_ms, changed_at,
                                     changed_by, reason)
     values ('${chain}', 'LOW_CARTS', true, 'minor', 1, 1, ${at}, 'admin', 'because')`,
  ],
  "0024_device_identity": [
    `insert into device_tokens (hash, device_id, created_at, expires_at) values ('t', '${device}', ${at}, ${at})`,
  ],
  "0026_rental_messages": [
    `insert into rental_messages (rental_id, about, state, due_at, created_at)
     select id, 'receipt', 'due', ${at}, ${at} from rentals`,
  ],
}

/** Who is in the rows, and what is expected to be found again. */
export const old = {
  chain,
  branch,
  device,
  bay,
  cart,
  user,
  shopper,
  command,
  rental,
  password: "correct horse battery",
}
