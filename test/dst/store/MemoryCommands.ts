/** Commands, their stages and the outbox in memory: what `Commands.layer`, `CommandTargets.layer` and `RequestKeys.layer` are on Postgres. */
import { Effect, Layer } from "effect"
import { isFinal } from "#core/domain/Command.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { Agenda } from "#cloud/Agenda.ts"
import { type CommandRow, commandsOf, followStages, type StageReached, taking } from "#cloud/store/CommandStages.ts"
import { Commands, type NewCommand, type OutboxEntry, overdueAt, type StoredCommand } from "#cloud/store/Commands.ts"
import { journalKey } from "#cloud/store/DeviceSessions.ts"
import { CommandTargets } from "#cloud/store/CommandTargets.ts"
import { RequestKeys, type RequestMade } from "#cloud/store/RequestKeys.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"
import type { Places } from "./MemoryPlaces.ts"
import type { SessionTables } from "./MemorySessions.ts"
import { appendLines, type TwinTables } from "./MemoryTwins.ts"

export interface CommandTableRow {
  readonly command: StoredCommand
  readonly epoch: number
}

export interface CommandTables {
  readonly commands: Table<CommandTableRow>
  /** By command and stage. */
  readonly stages: Table<StageReached>
  readonly outbox: Table<OutboxEntry>
  /** Requests of clients by their key. */
  readonly keys: Table<RequestMade & { readonly expiresAt: number }>
}

export const commandTables = (db: MemoryDatabase): CommandTables => ({
  commands: db.table(),
  stages: db.table(),
  outbox: db.table(),
  keys: db.table(),
})

const rowOf = (one: NewCommand): CommandTableRow => ({
  epoch: one.epoch,
  command: {
    traceparent: one.traceparent,
    id: one.id,
    kind: one.kind,
    target_kind: one.target.kind,
    target_id: one.target.id,
    cart_id: one.cartId,
    device_id: one.deviceId,
    stage: "created",
    reason: null,
    pulses: 0,
    requested_by: one.requestedBy,
    requested_reason: one.requestedReason,
    created_at: new Date(one.createdAt),
    expires_at: new Date(one.expiresAt),
  },
})

const waits = new Set(["created", "sent", "accepted", "executing"])
const isOpen = ({ command: { stage } }: CommandTableRow): boolean => !isFinal(stage) && stage !== "unknown"

export const memoryCommands = (
  db: MemoryDatabase,
  tables: CommandTables,
  { journals }: SessionTables,
  twinTables: TwinTables,
) =>
  Layer.effect(
    Commands,
    Effect.map(Agenda, (agenda) => {
      const { commands, keys, stages, outbox } = tables
      const keep = (reached: StageReached): void => {
        const key = `${reached.commandId} ${reached.stage}`
        if (stages.get(key) === undefined) stages.set(key, reached)
      }
      /** True if its device has said a stage that it can say only of a command it has taken. */
      const isTold = (id: string): boolean => [...taking].some((word) => stages.get(`${id} ${word}`) !== undefined)
      const wasTaken = ({ id, stage }: CommandRow): boolean =>
        stage === "unknown" ? isTold(id) : stage !== "created" && stage !== "sent"
      const heldOf = (ids: ReadonlyArray<string>) => {
        const rows = ids.flatMap((id) => commands.get(id)?.command ?? [])
        return new Map(rows.map((row) => [row.id, { ...row, is_taken: wasTaken(row) }]))
      }
      const insert = (one: NewCommand): void => {
        const { id, topic, payload, expiresAt, createdAt: at } = one
        commands.insert(id, rowOf(one), "commands_pkey")
        keep({ commandId: id, stage: "created", reason: null, pulses: null, at })
        outbox.set(id, { commandId: id, topic, payload, expiresAt })
        agenda.note(overdueAt(expiresAt))
      }
      return Commands.of({
        create: (one, history, key) =>
          db.statement(() => {
            if (key !== undefined) {
              const name = `${key.userId} ${key.key}`
              if (keys.get(name) !== undefined) return false
              keys.set(name, { ...key, commandId: CommandId.make(one.id), answer: null })
            }
            insert(one)
            appendLines(twinTables, history)
            return true
          }),
        createAll: (all, history) =>
          db.statement(() => {
            for (const one of all) insert(one)
            appendLines(twinTables, history)
          }),
        hold: (ids) => db.statement(() => heldOf(ids)),
        record: (reached, held) =>
          db.statement(() => {
            const { known, changed, moved, refused } = followStages(
              new Map(held ?? heldOf(commandsOf(reached))),
              reached,
            )
            for (const stage of known) keep(stage)
            for (const change of changed) {
              const row = commands.get(change.id)
              if (row === undefined) continue
              const { stage, reason, pulses } = change
              commands.set(change.id, { ...row, command: { ...row.command, stage, reason, pulses } })
            }
            return { moved, refused }
          }),
        get: (id) =>
          db.statement(() => {
            const row = commands.get(id)
            if (row === undefined) return undefined
            const own = [...stages.values()]
              .filter(({ commandId }) => commandId === id)
              .map(({ stage, reason, at }) => ({ stage, reason, at: new Date(at), recorded_at: new Date(at) }))
              .sort((a, b) => a.at.getTime() - b.at.getTime())
            return { command: row.command, stages: own }
          }),
        causes: (ids) =>
          db.statement(() =>
            ids.flatMap((id) => {
              const row = commands.get(id)
              return row === undefined ? [] : [{ id, kind: row.command.kind, traceparent: row.command.traceparent }]
            }),
          ),
        unpublished: (atMs) =>
          db.statement(() =>
            [...outbox.values()].filter(({ expiresAt }) => expiresAt > atMs).sort((a, b) => a.expiresAt - b.expiresAt),
          ),
        settle: (ids) =>
          db.statement(() => {
            for (const id of ids) outbox.delete(id)
          }),
        overdue: (expiredBeforeMs, limit) =>
          db.statement(() =>
            [...commands.values()]
              .filter((row) => isOpen(row) && row.command.expires_at.getTime() < expiredBeforeMs)
              .sort((a, b) => a.command.expires_at.getTime() - b.command.expires_at.getTime())
              .slice(0, limit)
              .map(({ command: { id } }) => id),
          ),
        clearOutbox: (expiredBeforeMs) =>
          db.statement(() => {
            for (const { commandId, expiresAt } of outbox.values()) {
              const row = commands.get(commandId)
              if (expiresAt < expiredBeforeMs && row !== undefined && !isOpen(row)) outbox.delete(commandId)
            }
          }),
        unheard: ({ deviceId, journalId, written, expiredBeforeMs }, limit) =>
          db.statement(() => {
            const journal = journals.get(journalKey({ deviceId, journalId }))
            if (journal === undefined || journal.watermark < written) return []
            return [...commands.values()]
              .filter(
                ({ command: { id, device_id, stage, created_at, expires_at } }) =>
                  device_id === deviceId &&
                  stage === "unknown" &&
                  expires_at.getTime() < expiredBeforeMs &&
                  journal.createdAt < created_at.getTime() &&
                  !isTold(id),
              )
              .slice(0, limit)
              .map(({ command: { id } }) => id)
          }),
        nextExpiry: db.statement(() => {
          let next: number | null = null
          for (const row of commands.values()) {
            if (isOpen(row)) next = Math.min(next ?? Infinity, row.command.expires_at.getTime())
          }
          return next
        }),
      })
    }),
  )

export const memoryRequestKeys = (db: MemoryDatabase, { keys }: CommandTables) =>
  Layer.succeed(
    RequestKeys,
    RequestKeys.of({
      find: (userId, key, atMs) =>
        db.statement(() => {
          const row = keys.get(`${userId} ${key}`)
          if (row === undefined || row.expiresAt <= atMs) return undefined
          return { commandId: row.commandId, digest: row.digest, answer: row.answer }
        }),
      claim: (key) =>
        db.statement(() => {
          const name = `${key.userId} ${key.key}`
          if (keys.get(name) !== undefined) return false
          keys.set(name, { ...key, commandId: null, answer: null })
          return true
        }),
      answered: ({ userId, key }, answer) =>
        db.statement(() => {
          const row = keys.get(`${userId} ${key}`)
          if (row !== undefined) keys.set(`${userId} ${key}`, { ...row, answer })
        }),
    }),
  )

export const memoryCommandTargets = (
  db: MemoryDatabase,
  tables: CommandTables,
  { twins }: TwinTables,
  places: Places,
) =>
  Layer.succeed(
    CommandTargets,
    CommandTargets.of({
      find: ({ kind, id }, atMs) =>
        db.statement(() => {
          const cart = [...places.carts].find(([cartId, { bay }]) => (kind === "cart" ? cartId : bay.id) === id)
          const owner = kind === "device" ? id : kind === "bay" ? twins.get(`bay:${id}`)?.held.deviceId : undefined
          const device = cart?.[1].device ?? places.devices.find(({ deviceId }) => deviceId === owner)
          if (device === undefined) return undefined
          const { deviceId, branchId, chainId, chainSlug, branchCode } = device
          const target = kind === "device" ? { kind, id } : { kind: "bay" as const, id: cart?.[1].bay.id ?? id }
          const cartId = kind === "device" ? null : (cart?.[0] ?? null)
          const stored = twins.get(`${target.kind}:${target.id}`)?.held.stored
          const refs = [target, ...(cartId === null ? [] : [{ kind: "cart" as const, id: cartId }])]
          const waiting = [...tables.commands.values()].filter(
            ({ command }) =>
              command.device_id === deviceId && waits.has(command.stage) && command.expires_at.getTime() > atMs,
          )
          return {
            device: { deviceId, branchId, chainId, chainSlug, branchCode },
            target,
            cartId,
            bay:
              target.kind === "bay" && stored !== undefined
                ? { ...stored, deadlines: stored.deadlines.map((deadline) => ({ ...deadline })) }
                : null,
            concerns: refs.flatMap((ref) => {
              const held = twins.get(`${ref.kind}:${ref.id}`)?.held
              return held === undefined ? [] : [{ ref, revision: held.stored.revision, value: held.stored.value }]
            }),
            inFlight: waiting.length,
          }
        }),
    }),
  )
