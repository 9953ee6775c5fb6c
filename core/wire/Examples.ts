/**
 * One message of every kind, as it goes over the wire: one device boots, is asked to open bay A7, and opens it. Shown in
 * `docs/protocol/mqtt.md` and in the AsyncAPI document; a test reads each with its schema. Commands are signed by the key
 * that everybody has, of RFC 8037, appendix A.
 */
import { Base64Url } from "effect/encoding"
import { hashOf } from "../config/ConfigDocument.ts"
import type { CartLeaf, DeviceLeaf } from "./Messages.ts"

const device = "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0a01"
const controller = "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0b01"
const bay = "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0c07"
const cart = "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0d07"
const command = "0193a5c8-3f6e-7d10-8c7a-2b1d5e9f4a60"
const journal = "b7a7a7f4-6f0e-4f0e-9a53-7f2f6d1c9e10"
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
const at = "2026-11-22T10:15:00.000Z"
const atMs = 1_795_342_500_000

/** What the device is configured to in the examples of `config/desired` and `config/reported`. */
export const configExample = {
  v: 1,
  boards: [{ id: controller, hook_closed_bit: 1, presence_bit: 1 }],
  bays: [{ id: bay, label: "A7", service: "inService", cart: { id: cart, placement: 3 } }],
  timing: { poll_ms: 100, heartbeat_ms: 30_000, telemetry_ms: 60_000 },
} as const
const configHash = hashOf(configExample)

/** The public half, as a device's config would have it. */
export const exampleKey = { kid: "rfc8037", public: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }

/** What is signed in the example of `commands`. */
export const envelopeExample = {
  v: 1,
  command_id: command,
  kind: "unlock",
  tenant: "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0e01",
  branch: "5f0c3a52-8a1e-4c55-9d2b-0d6f1f1f0f01",
  device,
  target: { kind: "bay", id: bay },
  epoch: 7,
  issued_at: at,
  expires_at: "2026-11-22T10:15:10.000Z",
  reason: "a shopper is stuck",
  traceparent,
}

const signed = (envelope: object, signature: string) => ({
  protected: Base64Url.encode(JSON.stringify({ alg: "EdDSA", typ: "cw-cmd+jwt", kid: exampleKey.kid })),
  payload: Base64Url.encode(JSON.stringify(envelope)),
  signature,
})

/** By what follows `devices/{id}/`. */
export const deviceExamples: Readonly<Record<DeviceLeaf, unknown>> = {
  status: { v: 1, session: 42, status: "online", at, simulated: false },
  boot: {
    v: 1,
    session: 42,
    reason: "start",
    firmware_version: "1.4.0",
    machines: { device: 1, controller: 1, bay: 1, cart: 1 },
    journal: { id: journal, acknowledged: 880, written: 900 },
    config: { version: 4, hash: configHash, revision: 9 },
    command_keys: [exampleKey.kid],
    mono_ms: 5_321.5,
    at,
    simulated: false,
  },
  "boot/reply": {
    v: 1,
    status: "accepted",
    session: 42,
    epoch: 7,
    server_time: at,
    mono_ms: 5_321.5,
    heartbeat_ms: 30_000,
    journal: { id: journal, acknowledged: 880 },
    config: { desired: { version: 4, hash: configHash }, report: false },
  },
  probe: {
    v: 1,
    session: 42,
    command_id: command,
    controller,
    address: 0,
    at,
    looks: [
      { answer: "good", ms: 8.1 },
      { answer: "good", ms: 8.3 },
      { answer: "good", ms: 8.1 },
    ],
    hook_bits: 0b1111_1111_1011_1111,
    presence_bits: 0b1111_1111_1011_1111,
    bus: {
      name: "/dev/ttyUSB0",
      state: "open",
      tx_bytes: 43_215,
      rx_bytes: 77_787,
      answers: 8_643,
      timeouts: 0,
      late: 0,
      echoes: 0,
      foreign: 0,
      garbage_bytes: 0,
      bad_sums: 0,
      reopened: 0,
      pulses: 1,
      latency_p50_ms: 8.1,
      latency_p99_ms: 9.4,
    },
    frames: [
      { direction: "sent", at, bytes: "02 00 30 03 35" },
      { direction: "heard", at, bytes: "02 00 35 BF FF BF FF 03 B6" },
    ],
  },
  heartbeat: {
    v: 1,
    session: 42,
    epoch: 7,
    at,
    health: "ok",
    journal: { id: journal, written: 908 },
    controllers: [{ id: controller, fresh_at: atMs }],
  },
  telemetry: {
    v: 1,
    session: 42,
    at,
    simulated: false,
    rss_bytes: 91_000_000,
    host: { uptime_s: 86_400, cpu_temperature_c: 51.5, load_1m: 0.2, cores: 4, memory_free_bytes: 3_100_000_000 },
    journal: { acknowledged: 908, written: 908, bytes: 812_000, pending: 0, lost: 0, failure: null },
    buses: [
      {
        name: "/dev/ttyUSB0",
        state: "open",
        tx_bytes: 43_215,
        rx_bytes: 77_787,
        answers: 8_643,
        timeouts: 0,
        late: 0,
        echoes: 0,
        foreign: 0,
        garbage_bytes: 0,
        bad_sums: 0,
        reopened: 0,
        pulses: 1,
        latency_p50_ms: 8.1,
        latency_p99_ms: 9.4,
      },
    ],
    commands: [{ what: "accepted", times: 1 }],
    defects: 0,
    clock_uncertainty_ms: 4.5,
    connections: 1,
    malformed: 0,
    unexpected: 0,
  },
  events: {
    v: 1,
    session: 42,
    journal_id: journal,
    replay: false,
    facts: [
      {
        fact: "command",
        seq: 907,
        command_id: command,
        stage: "confirmed",
        pulses: 1,
        at: atMs + 240,
        traceparent,
        trail: [
          { what: "sent", at: atMs + 226.08, ms: 2.6, detail: "02 00 30 03 35", times: 27 },
          { what: "heard", at: atMs + 235.31, ms: 4.69, detail: "02 00 35 FE FF FF FF 03 35", times: 2 },
        ],
      },
      {
        fact: "twin",
        seq: 908,
        command_id: command,
        traceparent,
        twin: { kind: "bay", id: bay },
        event: { type: "bay.observed", hook: "open", presence: "present", at: atMs + 240 },
        accepted: true,
        value: { latch: { ajar: "released" }, sensor: "trusted", service: "inService" },
        announces: ["UNLOCK_CONFIRMED"],
      },
    ],
  },
  "events/ack": { v: 1, journal_id: journal, seq: 908 },
  snapshot: {
    v: 1,
    session: 42,
    epoch: 7,
    journal_id: journal,
    seq: 900,
    at: atMs,
    simulated: false,
    twins: [
      {
        twin: { kind: "bay", id: bay },
        version: 1,
        value: { latch: "secured", sensor: "trusted", service: "inService" },
        context: { hook: "closed", presence: "present", command: null, expiresAt: 0, pulses: 0, failures: 0 },
        fresh_at: atMs,
      },
      { twin: { kind: "cart", id: cart }, version: 1, value: { dock: "secured" }, context: { bay }, fresh_at: atMs },
    ],
  },
  commands: signed(
    envelopeExample,
    "fWlZwxczCc3RyHvwd-BC2aANxnAI0ZGOMi7A3QX1frN38tOvq2Iko1Fdtx85ZqvI5nLqM3jqeKnZ2u8OQNDYCw",
  ),
  "commands/ack": { v: 1, command_id: command, stage: "confirmed", reason: "repeated", at },
  "config/desired": { v: 1, version: 4, hash: configHash, document: configExample },
  "config/reported": {
    v: 1,
    session: 42,
    revision: 9,
    version: 4,
    hash: configHash,
    applied_at: at,
    document: configExample,
    refused: null,
  },
}

/** By what follows `carts/{id}/`. */
export const cartExamples: Readonly<Record<CartLeaf, unknown>> = {
  status: {
    v: 1,
    session: 42,
    device_id: device,
    bay: "A7",
    dock: "released",
    is_locked: false,
    at,
    simulated: false,
  },
  unlock: signed(
    { ...envelopeExample, target: { kind: "cart", id: cart } },
    "ix2rSN4ko-mDJ-2Bp2v7SRWBY_RG1r7dO3sEAw_6cFYznTV1MjNmEOgIVc5wzvh1_MXtGbGCp7YSsHaww6nPBA",
  ),
  lock: signed(
    { ...envelopeExample, kind: "lock", target: { kind: "cart", id: cart } },
    "FbmHtMq3Y1bsEFlMNqDazOnKz12kPKCK_gf68OSbEzMg3zjePND7rZAWfDS-kvFqCllvoJAzVOG6bb9VViAwCg",
  ),
}
