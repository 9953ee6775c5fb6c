/**
 * Says of every command each stage it reached, with its device and its trace, whoever moved it: the API, the outbox, a fact,
 * or the sweep that gave it up. A reader of the commits, so that no command waits for being written about.
 */
import { Effect, Layer, PubSub } from "effect"
import { type CommandStage, isFinal } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
import { type StageMoved } from "../store/CommandStages.ts"
import { type CommandCause, Commands } from "../store/Commands.ts"

/** With `unknown` a command has ended as far as anybody knows. */
const isOutcome = (stage: CommandStage): boolean => isFinal(stage) || stage === "unknown"

export const CommandLog = Layer.effectDiscard(
  Effect.gen(function* () {
    const commands = yield* Commands
    const commits = yield* Commits
    const subscription = yield* commits.subscribe

    const directory = yield* Directory

    const say = (
      { command_id: commandId, deviceId, cartId, stage, reason }: StageMoved,
      known: CommandCause | undefined,
    ) => {
      const place = directory.find(deviceId)
      return Effect.logInfo("a command has moved on", {
        tenant: place?.chainId,
        branch: place?.branchId,
        deviceId,
        cart: cartId ?? undefined,
        commandId,
        kind: known?.kind,
        stage,
        reason: reason ?? undefined,
        outcome: isOutcome(stage) ? stage : undefined,
        traceparent: known?.traceparent ?? undefined,
      })
    }

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
