/** Every metric of the edge: its name and what it means. All devices of the program together; no device is named. */
import type { MetricFamily } from "#core/metrics/MetricBook.ts"

export const EdgeFamilies = {
  frames: { name: "cartwise_serial_frames_total", help: "Frames heard or missed on the serial buses, by result." },
  roundtrip: {
    name: "cartwise_serial_roundtrip_seconds",
    help: "From a request to its whole answer: quantiles of the newest exchanges of the slowest bus.",
  },
  reopened: { name: "cartwise_serial_reopened_total", help: "Ports opened again after they were lost." },
  pulses: { name: "cartwise_lock_pulse_total", help: "Unlock frames written." },
  fsync: {
    name: "cartwise_journal_fsync_seconds",
    help: "How long the disk took to make a batch of the journal durable.",
  },
  journalBytes: { name: "cartwise_journal_bytes", help: "What the journals take on disk." },
  journalPending: { name: "cartwise_journal_pending", help: "Facts that wait for the disk." },
  journalUnacknowledged: {
    name: "cartwise_journal_unacknowledged",
    help: "Facts that the cloud has not acknowledged.",
  },
  journalLost: { name: "cartwise_journal_lost_total", help: "Facts that could not be kept." },
  rejected: { name: "cartwise_command_rejected_total", help: "Commands this device refused, by reason." },
  expired: { name: "cartwise_command_expired_total", help: "Commands that came too late." },
  duplicates: { name: "cartwise_command_duplicate_total", help: "Commands that came again." },
  accepted: { name: "cartwise_command_accepted_total", help: "Commands taken on." },
  connections: { name: "cartwise_mqtt_connections_total", help: "Connections to the broker that were opened." },
  malformed: { name: "cartwise_mqtt_malformed_total", help: "Messages from the broker that could not be read." },
  skew: { name: "cartwise_device_clock_skew_seconds", help: "How far the wall clock is from the cloud's time." },
  defects: { name: "cartwise_twin_defects_total", help: "Events that a machine could not work off." },
} as const satisfies Record<string, MetricFamily>
