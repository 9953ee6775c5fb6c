/**
 * What the page of one twin says, in English.
 */
import type { IntentName } from "#twins/Intent.ts"

export const englishTwinPage = {
  open: "Open the twin's page",
  of: (kind: string, label: string) => `${kind} ${label}`,
  branch: "Branch",
  device: "Device",
  views: { history: "History", memory: "Memory", why: "Why not?", whatIf: "What if?" },

  memory: "What it remembers",
  deadlines: "Pending deadlines",
  noDeadlines: "Nothing ends by itself.",
  due: (name: string, age: string) => `${name}: in ${age}`,
  overdue: (name: string) => `${name}: due`,

  whyLead: "Every event there is, and what this twin would answer to it now.",
  taken: "would be taken",
  refused: "would be refused",
  memoryOnly: "changes what it remembers, not its state",
  leadsTo: "leads to",
  noneHolds: "Would be taken if:",
  knownIn: "Means something only in:",
  everything: "All",
  onlyTaken: "Possible now",
  onlyRefused: "Refused now",

  whatIfLead:
    "A copy of this twin, run by the very same machine in this browser. Nothing here reaches the device or the cloud.",
  fork: "Copy it as it is now",
  forkedAt: (revision: number) => `Copied at revision ${revision}`,
  sandboxTime: "Time here",
  nextDeadline: "To the next deadline",
  plusSeconds: (seconds: number) => `+${seconds} s`,
  send: "Give it an event",
  event: "Event",
  sendButton: "Send",
  undo: "Undo",
  startOver: "Start over",
  copyScenario: "Copy as scenario",
  copied: "Copied",
  notCopied: "The browser did not allow copying.",
  lines: "What happened here",
  noLines: "Nothing yet. Send it an event or let time pass.",
  asksFor: "asks for",
  intents: {
    pulseLock: "a coil pulse",
    readBay: "reads of the bay",
    reportStage: "the command's next stage to be told",
    announce: "an announcement",
    loseBays: "its bays to be taken for unknown",
    requestSnapshot: "a full report of the device",
  } satisfies Record<IntentName, string>,
}
