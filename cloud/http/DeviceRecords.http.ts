/** Devices as staff look after them. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { ConfigRefused } from "#core/api/Configuration.ts"
import type { Capability } from "#core/access/Capability.ts"
import { type AccessPlace, may } from "#core/access/may.ts"
import { Forbidden, NotFound } from "#core/api/Problems.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { DeviceDesk } from "../devices/DeviceDesk.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
import { Branches } from "../store/Branches.ts"
import { DeviceClaims } from "../store/DeviceClaims.ts"
import { DeviceConfigs } from "../store/DeviceConfigs.ts"
import { DeviceRecords } from "../store/DeviceRecords.ts"
import { Transaction } from "../store/Transaction.ts"
import { answered, expectVersion } from "./Changes.ts"
import { toView } from "./Configuration.http.ts"

/** Gives who asks, if that person may do this there; whoever may not even look is told that there is nothing. */
const whoMay = Effect.fnUntraced(function* (capability: Capability, place: AccessPlace) {
  const person = yield* CurrentPerson
  if (may(person, capability, place)) return person
  return yield* may(person, "device.view", place) ? new Forbidden({}) : new NotFound({})
})

export const DeviceRecordsHttp = HttpApiBuilder.group(
  Api,
  "devices",
  Effect.fn(function* (handlers) {
    const records = yield* DeviceRecords
    const branches = yield* Branches
    const claims = yield* DeviceClaims
    const desk = yield* DeviceDesk
    const configs = yield* Configs
    const configRows = yield* DeviceConfigs
    const offers = yield* ConfigOffers
    const commits = yield* Commits
    const audit = yield* Audit
    const directory = yield* Directory
    const transaction = yield* Transaction

    /** A device that the person may do this with, and who that is. */
    const reach = Effect.fnUntraced(function* (
      id: string,
      capability: Capability,
      read: typeof records.hold = records.byId,
    ) {
      const found = yield* Effect.orDie(read(id))
      if (found === undefined) return yield* new NotFound({})
      const { chainId, record } = found
      const by = yield* whoMay(capability, { chainId, branchId: record.branch_id })
      return { by, record }
    })
    const recordOf = (id: string) => Effect.map(reach(id, "device.view"), ({ record }) => record)
    const branchReached = Effect.fnUntraced(function* (branchId: string) {
      const chainId = yield* Effect.orDie(branches.chainOf(branchId))
      if (chainId === undefined) return yield* new NotFound({})
      return yield* whoMay("device.enrol", { chainId, branchId })
    })

    return handlers.handleAll({
      get: ({ params }) => answered(recordOf(params.id)),
      update: Effect.fnUntraced(function* ({ params, headers, payload }) {
        const rename = Effect.gen(function* () {
          const { by, record } = yield* reach(params.id, "device.enrol", records.hold)
          yield* expectVersion(headers, record.version)
          yield* desk.rename(params.id, payload.device_name, by)
        })
        return yield* answered(Effect.andThen(transaction.run(rename), recordOf(params.id)))
      }),
      archive: Effect.fnUntraced(function* ({ params, headers }) {
        const { by, record } = yield* reach(params.id, "device.enrol")
        yield* expectVersion(headers, record.version)
        yield* Effect.orDie(desk.putOut(params.id, { by, reason: null, archive: true }))
        return yield* answered(recordOf(params.id))
      }),
      revoke: Effect.fnUntraced(function* ({ params, payload }) {
        const { by } = yield* reach(params.id, "device.enrol")
        yield* Effect.orDie(desk.putOut(params.id, { by, reason: payload.reason, archive: false }))
        return yield* recordOf(params.id)
      }),
      status: Effect.fnUntraced(function* ({ params }) {
        const { id, status, connection, sync, health, stale, last_heartbeat, ip_address, firmware_version } =
          yield* recordOf(params.id)
        const config = yield* Effect.orDie(configRows.get(params.id))
        const desired_firmware = config?.desired.document.firmware?.version ?? null
        return {
          id,
          status,
          connection,
          sync,
          health,
          stale,
          last_heartbeat,
          ip_address,
          firmware_version,
          desired_firmware,
        }
      }),
      firmware: Effect.fnUntraced(function* ({ params, payload: { reason, ...firmware } }) {
        const { by: person } = yield* reach(params.id, "device.configure")
        const changed = yield* Effect.orDie(
          audit.during(configs.change(params.id, undefined, { firmware }, { by: person.email, reason }), ({ was }) =>
            was === "changed"
              ? {
                  by: person,
                  action: "device.firmware_wanted",
                  place: directory.find(params.id) ?? {},
                  target: { kind: "device", id: params.id },
                  reason,
                  details: { version: firmware.version },
                }
              : undefined,
          ),
        )
        if (changed.was === "refused") {
          return yield* new ConfigRefused({ reason: changed.reason, detail: changed.detail })
        }
        if (changed.was === "stale") return yield* Effect.die(new Error("no version was asked for"))
        yield* offers.offerAll([changed.row])
        yield* commits.publish({ devices: [params.id] })
        return toView(params.id, changed.row)
      }),
      claims: Effect.fnUntraced(function* ({ query }) {
        yield* branchReached(query.branch_id)
        return { items: yield* Effect.orDie(claims.list(query.branch_id, yield* Clock.currentTimeMillis)) }
      }),
      claim: Effect.fnUntraced(function* ({ payload }) {
        const by = yield* branchReached(payload.branch_id)
        return yield* Effect.catchTag(desk.claim(payload, by), "SqlError", Effect.die)
      }),
      withdraw: Effect.fnUntraced(function* ({ params }) {
        const claim = yield* Effect.orDie(claims.byId(params.id, yield* Clock.currentTimeMillis))
        if (claim === undefined) return yield* new NotFound({})
        const by = yield* branchReached(claim.branch_id)
        return (yield* Effect.orDie(desk.withdraw(params.id, by))) ?? (yield* new NotFound({}))
      }),
    })
  }),
)
