/**
 * A device: is it connected, is its twin in sync, is it healthy (domain.md §6.5)?
 *
 * Regions: `connection` and `sync`, written by the cloud, because a device cannot report itself gone; `health`,
 * written by the edge. A last will or a message of another session than the current one changes nothing.
 *
 * Not here: heartbeats (a column) and staleness (an overlay computed from age).
 */
import { and, assign, not, or, setup, stateIn } from "xstate"
import type { DeviceEvent } from "#core/domain/Device.ts"
import { Limits } from "#core/Limits.ts"
import { intents } from "../MachineKit.ts"

export interface DeviceContext {
  /** The session that last spoke; 0 before the first. */
  readonly session: number
  /** The epoch of the accepted boot; 0 while there is none. */
  readonly epoch: number
  readonly divergences: number
  readonly causes: ReadonlyArray<string>
}

const boot = {
  "device.decommissioned": "decommissioned",
  "device.bootAccepted": { guard: "notOlder", target: "online", actions: "takeEpoch" },
  "device.bootPended": { guard: "notOlder", target: "pending", actions: "takeSession" },
  "device.bootRejected": { guard: "notOlder", target: "quarantined", actions: "takeSession" },
} as const

/** Nothing can be said about the twins of a device that is not there. */
const untilAway = { always: { guard: "away", target: "unsynced" } } as const

const compare = { target: ".comparing", actions: { type: "requestSnapshot", params: {} } } as const

export const deviceMachine = setup({
  types: { context: {} as DeviceContext, events: {} as DeviceEvent },
  actions: {
    ...intents,
    takeEpoch: assign(({ event }) =>
      event.type === "device.bootAccepted" ? { session: event.session, epoch: event.epoch } : {},
    ),
    takeSession: assign(({ event }) => ("session" in event ? { session: event.session, epoch: 0 } : {})),
    takeDivergences: assign(({ event }) =>
      event.type === "device.compared" ? { divergences: event.divergences } : {},
    ),
    takeCauses: assign(({ event }) =>
      event.type === "device.healthChanged"
        ? { causes: event.causes.slice(0, 16).map((cause) => cause.slice(0, 100)) }
        : {},
    ),
  },
  guards: {
    notOlder: ({ context, event }) => "session" in event && event.session >= context.session,
    current: ({ context, event }) => "session" in event && event.session === context.session,
    /** Not even a device that the broker thinks lost for the moment. */
    away: not(or([stateIn({ connection: "online" }), stateIn({ connection: "lost" })])),
    "booted again": and(["notOlder", not(stateIn({ connection: "decommissioned" }))]),
    "back without a boot": and(["current", stateIn({ connection: "offline" })]),
    alike: ({ event }) => event.type === "device.compared" && event.divergences === 0,
    healthIs: ({ event }, params: { readonly health: string }) =>
      event.type === "device.healthChanged" && event.health === params.health,
  },
  delays: { lostConfirm: Limits.lostConfirmMs },
}).createMachine({
  id: "device",
  type: "parallel",
  context: { session: 0, epoch: 0, divergences: 0, causes: [] },
  states: {
    connection: {
      initial: "enrolled",
      states: {
        enrolled: { on: boot },
        pending: { on: { ...boot, "device.silenced": "offline" } },
        online: {
          on: {
            ...boot,
            "device.willReceived": { guard: "current", target: "lost" },
            "device.silenced": "offline",
          },
        },
        lost: {
          on: { ...boot, "device.seen": { guard: "current", target: "online" }, "device.silenced": "offline" },
          after: { lostConfirm: "offline" },
        },
        offline: { on: { ...boot, "device.seen": { guard: "current", target: "online" } } },
        quarantined: { on: boot },
        decommissioned: {},
      },
    },
    sync: {
      initial: "unsynced",
      on: {
        "device.bootAccepted": { guard: "booted again", ...compare },
        "device.seen": { guard: "back without a boot", ...compare },
      },
      states: {
        unsynced: {},
        comparing: {
          ...untilAway,
          on: {
            "device.compared": [
              { guard: "alike", target: "inSync", actions: "takeDivergences" },
              { target: "diverged", actions: "takeDivergences" },
            ],
          },
        },
        inSync: {
          ...untilAway,
          on: {
            "device.compared": [
              { guard: "alike", actions: "takeDivergences" },
              { target: "diverged", actions: "takeDivergences" },
            ],
          },
        },
        diverged: {
          ...untilAway,
          on: {
            "device.compared": [
              { guard: "alike", target: "inSync", actions: "takeDivergences" },
              { actions: "takeDivergences" },
            ],
          },
        },
      },
    },
    health: {
      initial: "unknown",
      on: {
        "device.healthChanged": [
          { guard: { type: "healthIs", params: { health: "ok" } }, target: ".ok", actions: "takeCauses" },
          { guard: { type: "healthIs", params: { health: "degraded" } }, target: ".degraded", actions: "takeCauses" },
          { guard: { type: "healthIs", params: { health: "faulted" } }, target: ".faulted", actions: "takeCauses" },
        ],
      },
      states: { unknown: {}, ok: {}, degraded: {}, faulted: {} },
    },
  },
})
