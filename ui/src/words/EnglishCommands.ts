/**
 * What the pages of commands say, in English.
 */
import type { CommandKind } from "#core/domain/Command.ts"

export const englishCommands = {
  commands: {
    title: "Commands",
    lead: "Everything a device was asked to do, and what became of it.",
    none: "Nothing was asked for yet.",
    everyKind: "Every command",
    kind: "Command",
    target: "Target",
    stage: "Stage",
    requestedBy: "Asked by",
    why: "Reason",
    when: "When",
    pulses: "Pulses",
    open: "What happened, step by step",
    trace: "Trace",
    traceLead:
      "Everything that was done for this command, in the cloud and at its device. The device's times are on the cloud's clock, as well as it knows it.",
    clockOff: (ms: string) => `within ${ms}`,
    step: "Step",
    duration: "Took",
    cloud: "cloud",
    edge: "device",
    board: "board",
    kinds: {
      unlock: "Unlock",
      lock: "Lock",
      snapshot: "Full report",
      identify: "Identify",
      reboot: "Reboot",
      maintenance: "Maintenance",
      apply_config: "Apply configuration",
      probe: "Look at a board",
    } satisfies Record<CommandKind, string>,
    spans: {
      "store command": "Command written down",
      "mqtt publish": "Handed to the broker",
      "edge receive": "Device received it",
      "edge restart": "Device started anew",
      "journal write": "Made durable in the journal",
      "serial frame sent": "Frame sent",
      "serial frame heard": "Frame heard",
      "serial noise heard": "Noise heard",
      "ingest commit": "Committed",
      "no live client": "Nobody was watching",
      "websocket push": "Shown to live clients",
    } as Readonly<Record<string, string>>,
    stageSpan: (stage: string) => `Stage: ${stage}`,
    stepSpan: (event: string) => `Machine took: ${event}`,
  },
}
