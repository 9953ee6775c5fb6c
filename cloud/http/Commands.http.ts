/** Asking a device to act, once, and what became of it. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson, type Person } from "#core/api/Authorization.ts"
import type { CommandView } from "#core/api/Commands.ts"
import { Forbidden, NotFound } from "#core/api/Problems.ts"
import { CommandId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Unlock } from "../commands/Unlock.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { Commands, type StoredCommand, type StoredStage } from "../store/Commands.ts"

/** Who may act on hardware: everybody but those who only look. */
export const mayAct = (person: Person): boolean => person.role !== "viewer"

const toView = (command: StoredCommand, stages: ReadonlyArray<StoredStage>): CommandView => ({
  command_id: CommandId.make(command.id),
  kind: command.kind,
  target: { kind: command.target_kind, id: command.target_id },
  device_id: DeviceId.make(command.device_id),
  stage: command.stage,
  ...(command.reason === null ? {} : { reason: command.reason }),
  stages: stages.map(({ stage, reason, at }) => ({
    stage,
    at: toInstant(at.getTime()),
    ...(reason === null ? {} : { reason }),
  })),
  pulses: command.pulses,
  requested_by: command.requested_by,
  requested_reason: command.requested_reason,
  created_at: toInstant(command.created_at.getTime()),
  expires_at: toInstant(command.expires_at.getTime()),
})

export const CommandsHttp = HttpApiBuilder.group(
  Api,
  "commands",
  Effect.fn(function* (handlers) {
    const unlock = yield* Unlock
    const commands = yield* Commands
    const meters = yield* Meters
    return handlers.handleAll({
      unlock: Effect.fnUntraced(function* ({ params, payload }) {
        const person = yield* CurrentPerson
        if (!mayAct(person)) return yield* new Forbidden({})
        const command_id = yield* unlock.unlock(params.id, payload.reason, person).pipe(
          Effect.tapErrorTag("CommandRefused", ({ reason }) =>
            Effect.sync(() => meters.count(Families.commandRejected, { by: "api", reason })),
          ),
          Effect.catchTag("SqlError", (error) => Effect.die(error)),
        )
        return { command_id }
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        const found = yield* Effect.orDie(commands.get(params.id))
        return found === undefined ? yield* new NotFound({}) : toView(found.command, found.stages)
      }),
    })
  }),
)
