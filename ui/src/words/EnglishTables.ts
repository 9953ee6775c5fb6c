/**
 * What the pages of tables say, in English: alarms, divergences, carts, devices.
 */
import type { DivergenceRule } from "#core/domain/Divergence.ts"
import { englishAlarmRules, englishAlarms } from "./EnglishAlarms.ts"

export const englishTables = {
  table: {
    filter: "Filter",
    found: (found: number, all: number) => (found === all ? `${all} in all` : `${found} of ${all}`),
    nothingFound: "Nothing fits the filter.",
    pages: "Pages",
    page: (page: number, pages: number) => `Page ${page} of ${pages}`,
    previous: "Previous page",
    next: "Next page",
    newestOnly: (count: number) => `The newest ${count} are shown.`,
    show: "Show",
    where: "Where",
    branch: "Branch",
    state: "State",
    action: "Action",
  },
  alarms: englishAlarms,
  alarmRules: englishAlarmRules,
  divergences: {
    title: "Divergences",
    lead: "Where the twin here and the bay disagreed. The bay's evidence was taken each time; this asks why.",
    open: "Open",
    resolved: "Resolved",
    none: "Twins and bays agree.",
    twin: "Twin",
    rule: "What was done",
    event: "Event",
    expected: "Was here",
    reported: "Was reported",
    times: "Times",
    last: "Last seen",
    resolve: "Resolve",
    resolveLead: "Say why it happened, or why it does not matter. It is kept with your name.",
    resolvedBy: (who: string, reason: string) => `${who}: ${reason}`,
    rules: {
      fact_replaces_mirror: "The device's word was taken",
      snapshot_replaces_mirror: "The device's full report was taken",
      twin_unknown: "Nothing was taken: no such twin or state here",
      twin_missing: "Ours was kept: the report did not name it",
      facts_lost: "Facts are gone: an older database was restored",
    } satisfies Record<DivergenceRule, string>,
  },
  carts: {
    title: "Carts",
    number: "Cart",
    bay: "Bay",
    status: "Status",
    dock: "Where",
    custody: "Custody",
    changed: "Last used",
    stale: "last known",
    none: "No carts are registered yet.",
    statuses: { available: "Available", in_use: "In use", maintenance: "Maintenance" },
  },
  devices: { title: "Devices", name: "Device", heartbeat: "Heartbeat", none: "No devices are registered yet." },
}
