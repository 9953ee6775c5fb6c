/**
 * One lock position of a board: what its two sensors say, and what becomes of an unlock (domain.md §5.2, §6.1).
 *
 * Regions: `latch` (the physical truth and the one command in flight), `sensor` (can the readings be believed?),
 * `service` (may people use it?). All three are written by the edge that owns the bus.
 *
 * Not here: debouncing and polling (the host believes a reading before it becomes `bay.observed`), which cart stands
 * in the bay (placement), and freshness (a column).
 */
import { and, assign, not, setup, stateIn } from "xstate"
import type { BayEvent } from "#core/domain/Bay.ts"
import { Limits } from "#core/Limits.ts"
import { instantOf, intents } from "../MachineKit.ts"
import * as Rules from "./BayRules.ts"

/** Recorded while an unlock is being carried out: the reading says nothing about its outcome yet. */
const noted = { actions: "remember" } as const

export const bayMachine = setup({
  types: { context: {} as Rules.BayContext, events: {} as BayEvent },
  actions: {
    ...intents,
    remember: assign(({ context, event }) => Rules.rememberReading(context, event)),
    forgetReading: assign({ hook: null, presence: null }),
    takeCommand: assign(({ event }) =>
      event.type === "bay.unlock" ? { command: event.commandId, expiresAt: event.expiresAt, pulses: 0 } : {},
    ),
    countPulse: assign({ pulses: ({ context }) => Math.min(context.pulses + 1, Limits.pulsesPerCommand) }),
    endCommand: assign({ command: null, expiresAt: 0, pulses: 0 }),
    succeed: assign({ failures: 0 }),
    fail: assign({ failures: ({ context }) => Rules.failuresAfter(context) }),
  },
  guards: {
    parked: Rules.reads("closed", "present"),
    closedEmpty: Rules.reads("closed", "absent"),
    ajar: Rules.reads("open", "present"),
    gone: Rules.reads("open", "absent"),
    closed: Rules.reads("closed"),
    knowsAjar: Rules.knows("open", "present"),
    knowsGone: Rules.knows("open", "absent"),
    knowsEmpty: Rules.knows("closed", "absent"),
    mine: Rules.isMine,
    pending: ({ context }) => context.command !== null,
    pulsed: ({ context }) => context.pulses > 0,
    late: ({ event }) => event.type === "bay.pulseRefused" && event.reason === "expired",
    jammed: ({ context }) => context.failures >= Limits.failuresUntilJammed,
    nearlyJammed: ({ context }) => Rules.failuresAfter(context) >= Limits.failuresUntilJammed,
    inTime: ({ context, event }) => context.pulses < Limits.pulsesPerCommand && instantOf(event) < context.expiresAt,
    doubtful: stateIn({ sensor: "suspect" }),
    enabled: not(stateIn({ service: "disabled" })),
    serviceIs: ({ event }, params: { readonly service: string }) =>
      event.type === "bay.serviceSet" && event.service === params.service,
    "enabled and pending": and(["enabled", "pending"]),
    "enabled and doubtful": and(["enabled", "doubtful"]),
    "enabled, pending and doubtful": and(["enabled", "pending", "doubtful"]),
    "surely ajar": and(["ajar", not("doubtful")]),
    "surely gone": and(["gone", not("doubtful")]),
    "surely ajar and pending": and(["surely ajar", "pending"]),
    "surely gone and pending": and(["surely gone", "pending"]),
    "knows ajar for sure": and(["knowsAjar", not("doubtful")]),
    "knows gone for sure": and(["knowsGone", not("doubtful")]),
    "ajar and pending": and(["ajar", "pending"]),
    "gone and pending": and(["gone", "pending"]),
    "parked and pending": and(["parked", "pending"]),
    "parked and jammed": and(["parked", "jammed"]),
    "closed and in time": and(["closed", "inTime", not("doubtful")]),
    "surely closed, pending and nearly jammed": and(["closed", not("doubtful"), "pending", "nearlyJammed"]),
    "surely parked and pending": and(["parked", not("doubtful"), "pending"]),
    "surely empty and pending": and(["closedEmpty", not("doubtful"), "pending"]),
    "pending and nearly jammed": and(["pending", "nearlyJammed"]),
    "closed and doubtful": and(["closed", "doubtful"]),
    "empty and doubtful": and(["closedEmpty", "doubtful"]),
    "jammed and doubtful": and(["closed", "doubtful", "jammed"]),
    "closed and nearly jammed": and(["closed", "nearlyJammed"]),
    "late after a pulse": and(["mine", "pulsed", "late"]),
    "late and nearly jammed": and(["late after a pulse", "nearlyJammed"]),
    "late and empty": and(["late after a pulse", "knowsEmpty"]),
    "refused after a pulse": and(["mine", "pulsed"]),
    "refused and empty": and(["mine", "knowsEmpty"]),
    "refused and jammed": and(["mine", "jammed"]),
    "refused and surely ajar": and(["mine", "knows ajar for sure"]),
    "refused and surely gone": and(["mine", "knows gone for sure"]),
    "refused and ajar": and(["mine", "knowsAjar"]),
    "refused and gone": and(["mine", "knowsGone"]),
    "mine and unpulsed": and(["mine", not("pulsed")]),
  },
  delays: {
    pulseAnswer: Limits.pulseAnswerMs,
    confirm: Limits.confirmAfterPulseMs,
    verify: Limits.verifyTimeoutMs,
    pickup: Limits.pickupWindowMs,
    entry: Limits.entryWindowMs,
    settle: Limits.returnSettleMs,
  },
}).createMachine({
  id: "bay",
  type: "parallel",
  context: Rules.unreadBay,
  states: {
    latch: {
      initial: "dark",
      on: { "bay.lost": { target: ".dark", actions: "forgetReading" } },
      states: {
        dark: {
          on: {
            "bay.observed": [
              ...Rules.openedAfterAll,
              { guard: "surely closed, pending and nearly jammed", target: "jammed", actions: Rules.jammed },
              { guard: "surely parked and pending", target: "secured", actions: Rules.unmoved },
              { guard: "surely empty and pending", target: "latchedEmpty", actions: Rules.unmoved },
              { guard: "parked and jammed", target: "jammed", actions: "remember" },
              { guard: "parked", target: "secured", actions: "remember" },
              { guard: "ajar", target: "ajar.undetermined", actions: "remember" },
              { guard: "gone", target: "empty", actions: "remember" },
              Rules.foundLatchedEmpty,
            ],
            "bay.pulsed": { guard: "mine", actions: "countPulse" },
            "bay.pulseUncertain": { guard: "mine", actions: "countPulse" },
            "bay.pulseRefused": { guard: "mine and unpulsed", actions: Rules.refused },
          },
        },
        secured: {
          on: {
            "bay.unlock": Rules.unlock,
            "bay.observed": [...Rules.openedByItself, Rules.foundLatchedEmpty, { actions: "remember" }],
            "bay.steady": Rules.believedAgain,
          },
        },
        releasing: {
          initial: "pulsing",
          on: { "bay.lost": Rules.lostFromSight },
          states: {
            pulsing: {
              entry: {
                type: "pulseLock",
                params: ({ context }) => ({
                  commandId: context.command ?? "",
                  pulse: context.pulses + 1,
                  notAfter: context.expiresAt,
                }),
              },
              on: {
                "bay.observed": noted,
                "bay.pulsed": { guard: "mine", target: "watching", actions: ["countPulse", Rules.report("executed")] },
                "bay.pulseUncertain": { guard: "mine", target: "watching", actions: "countPulse" },
                "bay.pulseRefused": Rules.notPulsed,
              },
              after: { pulseAnswer: { target: "verifying", actions: "countPulse" } },
            },
            watching: {
              always: [
                { guard: "knows ajar for sure", target: "#bay.latch.ajar.released", actions: Rules.opened },
                {
                  guard: "knows gone for sure",
                  target: "#bay.latch.empty",
                  actions: [...Rules.opened, Rules.announce("REMOVED")],
                },
              ],
              on: { "bay.observed": [...Rules.confirmed, noted] },
              after: { confirm: "verifying" },
            },
            verifying: {
              entry: { type: "readBay", params: {} },
              on: {
                "bay.observed": [...Rules.confirmed, noted],
                "bay.verified": Rules.judged,
                "bay.unverified": Rules.lostFromSight,
              },
              after: { verify: Rules.lostFromSight },
            },
          },
        },
        ajar: {
          initial: "undetermined",
          on: {
            "bay.unlock": Rules.unlockInDoubt,
            "bay.steady": { ...Rules.believedOpen(), target: ".released" },
            "bay.observed": [
              { guard: "gone", target: "empty", actions: ["remember", Rules.announce("REMOVED")] },
              { guard: "parked", target: "secured", actions: ["remember", Rules.announce("RELATCHED")] },
              Rules.foundLatchedEmpty,
            ],
          },
          states: {
            undetermined: {},
            released: { after: { pickup: { target: "lingering", actions: Rules.announce("NOT_TAKEN") } } },
            lingering: {},
            entering: {
              on: { "bay.observed": Rules.pushedIn },
              after: { entry: { target: "unlatched", actions: Rules.announce("NOT_LATCHED") } },
            },
            unlatched: { on: { "bay.observed": Rules.pushedIn } },
          },
        },
        empty: {
          on: {
            "bay.unlock": Rules.unlockInDoubt,
            "bay.steady": Rules.believedOpen([Rules.announce("REMOVED")]),
            "bay.observed": [
              { guard: "ajar", target: "ajar.entering", actions: "remember" },
              { guard: "parked", target: "settling", actions: "remember" },
              Rules.foundLatchedEmpty,
              noted,
            ],
          },
        },
        settling: {
          on: {
            "bay.unlock": Rules.unlockInDoubt,
            "bay.steady": Rules.believedAgain,
            "bay.observed": [
              { guard: "ajar", target: "ajar.entering", actions: "remember" },
              { guard: "gone", target: "empty", actions: ["remember", Rules.announce("ENTRY_ABANDONED")] },
              Rules.foundLatchedEmpty,
            ],
          },
          after: { settle: { target: "secured", actions: ["succeed", Rules.announce("RETURN_DETECTED")] } },
        },
        latchedEmpty: {
          on: {
            "bay.unlock": Rules.unlock,
            "bay.observed": [
              ...Rules.openedAfterAll,
              { guard: "parked and jammed", target: "jammed", actions: "remember" },
              { guard: "parked and pending", target: "secured", actions: "remember" },
              { guard: "parked", target: "settling", actions: "remember" },
              { guard: "ajar", target: "ajar.entering", actions: "remember" },
              { guard: "gone", target: "empty", actions: "remember" },
              noted,
            ],
            "bay.steady": Rules.believedAgain,
          },
        },
        jammed: {
          on: {
            "bay.unlock": Rules.unlock,
            "bay.observed": [...Rules.openedByItself, Rules.foundLatchedEmpty],
            "bay.steady": { guard: "pending", actions: Rules.unmoved },
            "bay.jamCleared": { target: "secured", actions: "succeed" },
          },
        },
      },
    },
    sensor: {
      initial: "trusted",
      states: {
        trusted: { on: { "bay.flapping": "suspect" } },
        suspect: { on: { "bay.steady": "trusted" } },
      },
    },
    service: {
      initial: "inService",
      on: {
        "bay.serviceSet": [
          { guard: { type: "serviceIs", params: { service: "inService" } }, target: ".inService" },
          { guard: { type: "serviceIs", params: { service: "returnOnly" } }, target: ".returnOnly" },
          { guard: { type: "serviceIs", params: { service: "maintenance" } }, target: ".maintenance" },
          { guard: { type: "serviceIs", params: { service: "disabled" } }, target: ".disabled" },
        ],
      },
      states: { inService: {}, returnOnly: {}, maintenance: {}, disabled: {} },
    },
  },
})
