/**
 * Says of every command each stage it reached, with its device and its trace, whoever moved it: the API, the outbox, a fact,
 * or the sweep that gave it up. A reader of the commits, so that no command waits for being written about.
 */
import { Effect, Layer, PubSub } from "effect"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { type CommandCause, Commands, type StageMoved } from "../store/Commands.ts"

export const CommandLog = Layer.effectDiscard(
  Effect.gen(function* () {
    const commands = yield* Commands
    const commits = yield* Commits
    const subscription = yield* commits.subscribe

    const say = ({ command_id: commandId, deviceId, stage, reason }: StageMoved, known: CommandCause | undefined) =>
      Effect.logInfo("a command has moved on", {
        deviceId,
        commandId,
        kind: known?.kind,
        stage,
        reason: reason ?? undefined,
        traceparent: known?.traceparent ?? undefined,
      })

    const follow = Effect.gen(function* () {
      const first = yield* PubSub.take(subscription)
      const more = yield* PubSub.takeUpTo(subscription, Limits.commitsWaiting)
      const moved = [first, ...more].flatMap((committed) => committed.commands)
      if (moved.length === 0) return
      const rows = yield* commands.causes([...new Set(moved.map(({ command_id }) => command_id))])
      const known = new Map(rows.map((row) => [row.id, row]))
      for (const one of moved) yield* say(one, known.get(one.command_id))
    }).pipe(Effect.catchCause((cause) => Effect.logWarning("commands moved on and could not be told of", cause)))
    yield* Effect.forkScoped(Effect.forever(follow))
  }),
)
