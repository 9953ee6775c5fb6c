/**
 * Counts commands that came to an end and how long they were in each stage, after the commit and beside it: a reader of the
 * commits, so that no command waits for being counted. One whose outcome was unknown is counted again when it is known.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, PubSub } from "effect"
import { type CommandKind, type CommandReason, type CommandStage, isFinal } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { Families } from "./Families.ts"
import { Meters } from "./Meters.ts"

interface Ended {
  readonly kind: CommandKind
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  /** When each stage was reached, in milliseconds. */
  readonly stages: Readonly<Partial<Record<CommandStage, number>>>
}

/** What is measured: the time between two stages. */
const spans = [
  ["queue", "created", "sent"],
  ["publish", "sent", "accepted"],
  ["edge", "accepted", "executed"],
  ["confirm", "executed", "confirmed"],
] as const

export const CommandMeter = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const commits = yield* Commits
    const meters = yield* Meters

    const read = (ids: ReadonlyArray<string>) => sql<Ended>`
      select c.kind, c.stage, c.reason,
             jsonb_object_agg(s.stage, extract(epoch from s.at) * 1000) as stages
      from commands c join command_stages s on s.command_id = c.id
      where c.id in (select e::uuid from jsonb_array_elements_text(${sql.json(ids)}) as e)
      group by c.id`

    const note = ({ kind, stage, reason, stages }: Ended): void => {
      meters.count(Families.commands, { kind, outcome: stage })
      if (stage === "expired") meters.count(Families.commandExpired)
      if (stage === "rejected") meters.count(Families.commandRejected, { by: "device", reason: reason ?? "unknown" })
      for (const [name, from, to] of spans) {
        const [start, end] = [stages[from], stages[to]]
        if (start === undefined || end === undefined) continue
        meters.observe(Families.commandDuration, Math.max(0, end - start) / 1_000, { stage: name })
      }
    }

    const subscription = yield* commits.subscribe
    const follow = Effect.gen(function* () {
      const first = yield* PubSub.take(subscription)
      const more = yield* PubSub.takeUpTo(subscription, Limits.commitsWaiting)
      const ended = [first, ...more].flatMap(({ commands }) =>
        commands.flatMap(({ command_id, stage }) => (isFinal(stage) || stage === "unknown" ? [command_id] : [])),
      )
      if (ended.length > 0) for (const one of yield* read([...new Set(ended)])) note(one)
    }).pipe(Effect.catchCause((cause) => Effect.logWarning("ended commands were not counted", cause)))
    yield* Effect.forkScoped(Effect.forever(follow))
  }),
)
