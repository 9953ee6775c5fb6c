/** Every metric of the cloud: its name and what it means. The names are those of docs/metrics.md. */
import type { MetricFamily } from "#core/metrics/MetricBook.ts"

export const Families = {
  httpRequests: {
    name: "cartwise_http_requests_total",
    help: "Requests answered, by route pattern, method and status.",
  },
  httpDuration: { name: "cartwise_http_request_duration_seconds", help: "From a request's first byte to its answer." },
  authFailures: {
    name: "cartwise_auth_failures_total",
    help: "Refused sign-ins (password) and refused tokens (token).",
  },
  rateLimitHits: {
    name: "cartwise_ratelimit_hits_total",
    help: "Requests answered with 429, by the rule that was broken.",
  },
  commands: { name: "cartwise_command_total", help: "Commands that came to an end, by kind and outcome." },
  commandDuration: { name: "cartwise_command_duration_seconds", help: "Time commands that ended spent in each stage." },
  commandExpired: { name: "cartwise_command_expired_total", help: "Commands that never left or came too late." },
  commandDuplicates: {
    name: "cartwise_command_duplicate_total",
    help: "Commands of which a device said that it had had them before.",
  },
  commandRejected: {
    name: "cartwise_command_rejected_total",
    help: "Commands refused, by reason and by whom: the API at once, or the device.",
  },
  unexplainedOpens: { name: "cartwise_unexplained_open_total", help: "Bays that opened and nobody commanded it." },
  alarmsOpen: { name: "cartwise_alarms_open", help: "Alarms that ask somebody to act, by code." },
  alarmsRaised: { name: "cartwise_alarm_raised_total", help: "How often alarms were raised, by code." },
  alarmsSuppressed: { name: "cartwise_alarms_suppressed", help: "Open alarms that another one explains, by code." },
  alarmsShelved: { name: "cartwise_alarms_shelved", help: "Open alarms that somebody has put aside, by code." },
  alarmLook: {
    name: "cartwise_alarm_look_seconds",
    help: "How long a look at the conditions of alarms took, whatever it was about.",
  },
  twinLag: { name: "cartwise_twin_lag_seconds", help: "From what happened at a branch to its commit here." },
  repeatedFacts: { name: "cartwise_twin_repeated_total", help: "Facts that came again after they had been applied." },
  misdatedFacts: {
    name: "cartwise_twin_misdated_total",
    help: "Facts taken with the time they came, because the time they told cannot be.",
  },
  twinStale: {
    name: "cartwise_twin_stale",
    help: "Twins whose device or board is away, or that have no fresh reading.",
  },
  divergences: {
    name: "cartwise_twin_divergence_total",
    help: "Disagreements of mirror and bay, by the rule applied.",
  },
  divergencesOpen: { name: "cartwise_twin_divergence_open", help: "Disagreements nobody has resolved." },
  resyncs: { name: "cartwise_twin_resync_total", help: "Full snapshots asked for, by cause." },
  devicesConnected: { name: "cartwise_device_connected", help: "Devices that are online." },
  deviceFlaps: { name: "cartwise_device_flaps_total", help: "Times a device that was online was not any more." },
  configsDiffering: {
    name: "cartwise_device_config_differing",
    help: "Devices that are configured to something else than they shall be.",
  },
  configsDrifted: {
    name: "cartwise_device_config_drifted",
    help: "Those of them that were offered it as often as may be.",
  },
  outboxDepth: { name: "cartwise_outbox_depth", help: "Commands committed and not yet handed to the broker." },
  outboxOldest: { name: "cartwise_outbox_oldest_seconds", help: "Age of the oldest of them." },
  quarantined: {
    name: "cartwise_dlq_total",
    help: "What could not be understood and was put aside, by source and reason.",
  },
  mqttMessages: { name: "cartwise_mqtt_messages_total", help: "MQTT messages, by direction and class." },
  otp: { name: "cartwise_otp_total", help: "One-time codes: sent, not_sent, limited, wrong, verified." },
  telemetryRows: {
    name: "cartwise_telemetry_rows_total",
    help: "Rows of telemetry: kept, repeated (said before), dropped (not written).",
  },
  wsClients: { name: "cartwise_ws_clients", help: "Live connections." },
  wsDropped: { name: "cartwise_ws_dropped_total", help: "Deltas not sent because a client did not keep up." },
} as const satisfies Record<string, MetricFamily>
