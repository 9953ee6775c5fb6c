/** Asking a device to act, once, and what became of it. */
import { Clock, Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import type { CommandView } from "#core/api/Commands.ts"
import { NotFound } from "#core/api/Problems.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { RealInstant, toInstant } from "#core/domain/Instant.ts"
import { demand } from "../access/demand.ts"
import { type Asked, CommandRequest } from "../commands/CommandRequest.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { Directory } from "../registry/Directory.ts"
import { CommandList, toSummary } from "../store/CommandList.ts"
import { CommandNotes } from "../store/CommandNotes.ts"
import { CommandTraces } from "../store/CommandTraces.ts"
import { Commands, type StoredCommand, type StoredStage } from "../store/Commands.ts"
import { traceOf } from "../views/CommandTraceView.ts"
import { position } from "./Registry.http.ts"

const toView = (command: StoredCommand, stages: ReadonlyArray<StoredStage>): CommandView => ({
  ...toSummary(command),
  stages: stages.map(({ stage, reason, at, recorded_at }) => ({
    stage,
    at: toInstant(at.getTime()),
    recorded_at: toInstant(recorded_at.getTime()),
    ...(reason === null ? {} : { reason }),
  })),
})

const isInstant = Schema.is(RealInstant)
const isCommandId = Schema.is(CommandId)

interface Request {
  readonly params: { readonly id: string }
  readonly headers: { readonly "idempotency-key"?: string | undefined }
  readonly payload: { readonly reason: string }
}

export const CommandsHttp = HttpApiBuilder.group(
  Api,
  "commands",
  Effect.fn(function* (handlers) {
    const requests = yield* CommandRequest
    const commands = yield* Commands
    const { list } = yield* CommandList
    const meters = yield* Meters
    const traces = yield* CommandTraces
    const notes = yield* CommandNotes
    const directory = yield* Directory

    const ask = Effect.fnUntraced(function* (kind: Asked["of"]["kind"], request: Request, order: Asked["order"]) {
      const { params, payload, headers } = request
      const startedAt = yield* Clock.currentTimeMillis
      const asked = { order, of: { kind, id: params.id }, reason: payload.reason, key: headers["idempotency-key"] }
      const command_id = yield* requests.ask(asked, yield* CurrentPerson).pipe(
        Effect.tapErrorTag("CommandRefused", ({ reason }) =>
          Effect.sync(() => meters.count(Families.commandRejected, { by: "api", reason })),
        ),
        Effect.catchTag("SqlError", (error) => Effect.die(error)),
      )
      const route = kind === "device" ? "devices/{id}/commands" : `${kind}s/{id}/${order.kind}`
      const endedAt = yield* Clock.currentTimeMillis
      const note = { what: "requested", route: `POST /api/${route}` } as const
      notes.add({ commandId: command_id, startedAt, endedAt, note })
      return { command_id }
    })

    /** What was asked of this device may be looked at so by whoever asks. */
    const ifMay = (capability: Capability, deviceId: string) =>
      Effect.flatMap(CurrentPerson, (person) => demand(person, [capability], directory.find(deviceId) ?? {}))

    return handlers.handleAll({
      unlock: (request) => ask("cart", request, { kind: "unlock" }),
      lock: (request) => ask("cart", request, { kind: "lock" }),
      lockRequest: (request) => ask("cart", request, { kind: "lock" }),
      unlockBay: (request) => ask("bay", request, { kind: "unlock" }),
      lockBay: (request) => ask("bay", request, { kind: "lock" }),
      lockRequestBay: (request) => ask("bay", request, { kind: "lock" }),
      identifyBay: (request) => ask("bay", request, { kind: "identify" }),
      maintenance: (request) => ask("bay", request, { kind: "maintenance", params: { on: request.payload.on } }),
      probe: (request) => ask("controller", request, { kind: "probe" }),
      device: (request) => {
        const { payload } = request
        const { kind } = payload
        return ask("device", request, kind === "reboot" ? { kind, params: { when: payload.when } } : { kind })
      },
      list: Effect.fnUntraced(function* ({ query }) {
        const at = yield* position(query, (key, id) => isInstant(key) && isCommandId(id))
        const { device_id: deviceId, target, kind, stage } = query
        const scope = scopeOf(yield* CurrentPerson, "command.view")
        return yield* Effect.orDie(list(at, scope, { deviceId, target, kind, stage }))
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        const found = yield* Effect.orDie(commands.get(params.id))
        if (found === undefined) return yield* new NotFound({})
        yield* ifMay("command.view", found.command.device_id)
        return toView(found.command, found.stages)
      }),
      trace: Effect.fnUntraced(function* ({ params }) {
        const known = yield* Effect.orDie(commands.get(params.id))
        if (known === undefined) return yield* new NotFound({})
        yield* ifMay("twin.inspect", known.command.device_id)
        yield* notes.flushed
        const found = yield* Effect.orDie(traces.read(params.id))
        return found === undefined ? yield* new NotFound({}) : traceOf(found)
      }),
    })
  }),
)
