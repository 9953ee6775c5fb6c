/**
 * The situations and cases of a device. The guards compare the session of an event with the one that last spoke, and
 * ask where the connection is.
 */
import type { DeviceEvent, DeviceHealth } from "#core/domain/Device.ts"
import { type Case, due, type MachineCases, nowMs, type Situation } from "../MachineCases.fixture.ts"

const at = nowMs
/** The session that last spoke. */
const session = 7
const known = { session, epoch: 3 }

const connected = (connection: string, sync = "unsynced"): Situation => ({
  value: { connection, sync },
  context: known,
})
const healthy = (health: string): Situation => ({ value: { connection: "online", health }, context: known })

const accepted = (of: number): Case => ({ event: { type: "device.bootAccepted", session: of, epoch: 4, at } })
const pended = (of: number): Case => ({ event: { type: "device.bootPended", session: of, at } })
const rejected = (of: number): Case => ({
  event: { type: "device.bootRejected", session: of, reason: "unknown serial number", at },
})
const will = (of: number): Case => ({ event: { type: "device.willReceived", session: of, at } })
const seen = (of: number): Case => ({ event: { type: "device.seen", session: of, at } })
const compared = (divergences: number): Case => ({ event: { type: "device.compared", divergences, at } })
const health = (to: DeviceHealth, causes: ReadonlyArray<string>): Case => ({
  event: { type: "device.healthChanged", health: to, causes, at } satisfies DeviceEvent,
})

export const deviceClasses: MachineCases = {
  kind: "device",
  situations: {
    "connection.enrolled": { value: {}, context: { session: 0, epoch: 0 } },
    "connection.pending": connected("pending"),
    "connection.online": connected("online"),
    "connection.lost": connected("lost", "inSync"),
    "connection.offline": connected("offline"),
    "connection.quarantined": connected("quarantined"),
    "connection.decommissioned": connected("decommissioned"),
    "sync.comparing": connected("online", "comparing"),
    "sync.inSync": connected("online", "inSync"),
    "sync.diverged": connected("online", "diverged"),
    "health.ok": healthy("ok"),
    "health.degraded": healthy("degraded"),
    "health.faulted": healthy("faulted"),
  },
  cases: {
    "bootAccepted of a newer session": accepted(session + 1),
    "bootAccepted of this session": accepted(session),
    "bootAccepted of an older session": accepted(session - 1),
    "bootPended of a newer session": pended(session + 1),
    "bootPended of this session": pended(session),
    "bootPended of an older session": pended(session - 1),
    "bootRejected of a newer session": rejected(session + 1),
    "bootRejected of this session": rejected(session),
    "bootRejected of an older session": rejected(session - 1),
    "willReceived of this session": will(session),
    "willReceived of an older session": will(session - 1),
    "willReceived of a newer session": will(session + 1),
    silenced: { event: { type: "device.silenced", at } },
    "seen in this session": seen(session),
    "seen in an older session": seen(session - 1),
    "seen in a newer session": seen(session + 1),
    "compared alike": compared(0),
    "compared with 3 divergences": compared(3),
    decommissioned: { event: { type: "device.decommissioned", at } },
    "healthChanged to ok": health("ok", []),
    "healthChanged to degraded": health("degraded", ["a controller is silent"]),
    "healthChanged to faulted": health("faulted", ["no bus"]),
    "due lostConfirm": { event: due("xstate.after.lostConfirm.device.connection.lost") },
  },
  contexts: [0, session - 1, session, session + 1].flatMap((last) =>
    [0, 3].map((divergences) => ({ session: last, epoch: last === 0 ? 0 : 3, divergences, causes: [] })),
  ),
  alike: ["health.ok", "health.degraded", "health.faulted"],
  finals: ["connection.decommissioned"],
}
