/**
 * What every store promises to the services on it, as one story: told on Postgres and on the stand-in, both must answer the
 * same. A line of the story is a name and what came of it; ids that a database chooses and instants of its own clock are
 * left out.
 */
import { Effect, Exit, Result, Schema } from "effect"
import { JournalId } from "#core/domain/Ids.ts"
import { BootMessage } from "#core/wire/Presence.ts"
import { placesOf } from "#cloud/SmallRegistry.fixture.ts"
import { Carts } from "#cloud/store/Carts.ts"
import { type StageReached } from "#cloud/store/CommandStages.ts"
import { Commands, type NewCommand } from "#cloud/store/Commands.ts"
import { type CommandTarget, CommandTargets } from "#cloud/store/CommandTargets.ts"
import { DeviceConfigs } from "#cloud/store/DeviceConfigs.ts"
import { Devices } from "#cloud/store/Devices.ts"
import { DeviceSessions } from "#cloud/store/DeviceSessions.ts"
import { RequestKeys } from "#cloud/store/RequestKeys.ts"
import { Transaction } from "#cloud/store/Transaction.ts"
import { Twins } from "#cloud/store/Twins.ts"
import { readStored } from "#twins/Migrate.ts"

const place = placesOf(1)
const other = placesOf(2)
const { deviceId, controllerId } = place
const [bayId] = place.bayIds
const [cartId] = place.cartIds
const uuid = (n: number) => `0000000a-0000-4000-8000-${String(n).padStart(12, "0")}`
const journalId = JournalId.make(uuid(900))
/** Far in the future: a cloud that runs on the same store has nothing to do with what is due then. */
const at = Date.UTC(2096, 0, 5, 12)

const boot = (session: number) =>
  Schema.decodeUnknownSync(BootMessage)({
    v: 1,
    session,
    reason: "start",
    firmware_version: "1",
    machines: { device: 1, controller: 1, bay: 1, cart: 1 },
    journal: { id: journalId, acknowledged: 0, written: 0 },
    config: { version: 0, hash: "0".repeat(64), revision: 0 },
    command_keys: [],
    mono_ms: 1,
    at: new Date(at).toISOString(),
    simulated: false,
  })

const command = (n: number, over: Partial<NewCommand> = {}): NewCommand => ({
  id: uuid(n),
  kind: "unlock",
  target: { kind: "bay", id: bayId },
  cartId,
  deviceId,
  epoch: 1,
  requestedBy: "somebody",
  requestedReason: "because",
  traceparent: null,
  createdAt: at + n,
  expiresAt: at + n + 10_000,
  topic: "a/topic",
  payload: "{}",
  ...over,
})

const stage = (n: number, reached: StageReached["stage"], over: Partial<StageReached> = {}): StageReached => ({
  commandId: uuid(n),
  stage: reached,
  reason: null,
  pulses: null,
  at: at + n,
  ...over,
})

/** Tells the story on whatever store there is. */
export const storeStory = Effect.gen(function* () {
  const lines: Array<readonly [string, unknown]> = []
  const say = <A, E, R>(name: string, work: Effect.Effect<A, E, R>) =>
    Effect.tap(work, (came) => Effect.sync(() => lines.push([name, plain(came)])))
  const fails = <A, E, R>(name: string, work: Effect.Effect<A, E, R>) =>
    Effect.map(Effect.exit(work), (exit) => void lines.push([name, Exit.isFailure(exit)]))

  const { run } = yield* Transaction
  const sessions = yield* DeviceSessions
  const commands = yield* Commands
  const twins = yield* Twins
  const keys = yield* RequestKeys
  const targets = yield* CommandTargets
  const configs = yield* DeviceConfigs
  const carts = yield* Carts
  const devices = yield* Devices
  const mark = { deviceId, journalId }

  // Where things are.
  yield* say(
    "addresses",
    Effect.map(devices.addresses, (all) => all.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1))),
  )
  yield* say("bay of a cart", carts.bayOf(cartId))
  yield* say("bay of no cart", carts.bayOf(uuid(1)))
  const sortPlaces = ({ boards, bays }: Effect.Success<ReturnType<typeof configs.placesOf>>) => ({
    boards,
    bays: bays.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  })
  yield* say("places of a device", Effect.map(configs.placesOf(deviceId), sortPlaces))
  yield* say("configuration before the first word", configs.get(deviceId))

  // Sessions, epochs, journals.
  yield* say("no session yet", sessions.hold(deviceId))
  const first = yield* sessions.open(deviceId, boot(5), at)
  const second = yield* sessions.open(deviceId, boot(6), at + 1)
  lines.push(["epochs grow", second > first])
  yield* say(
    "the current session",
    Effect.map(sessions.hold(deviceId), (row) => ({ ...row, epoch: 0 })),
  )
  yield* say("no such journal", sessions.watermarks([mark]))
  yield* say("a journal announced", sessions.announce(mark, 0))
  yield* say("announced again", sessions.announce(mark, 3))
  yield* sessions.advance([{ ...mark, watermark: 8 }])
  yield* sessions.advance([{ deviceId: other.deviceId, journalId, watermark: 8 }])
  yield* say("how far it is safe", sessions.watermarks([mark, { deviceId: other.deviceId, journalId }]))
  yield* say("announced behind what is kept", sessions.announce(mark, 1))
  yield* fails(
    "a unit of work that fails",
    run(
      Effect.andThen(
        sessions.advance([{ ...mark, watermark: 99 }]),
        Effect.andThen(commands.create(command(1), []), Effect.fail("no")),
      ),
    ),
  )
  yield* say("leaves nothing behind", sessions.watermarks([mark]))
  yield* say("no command either", commands.get(uuid(1)))

  // Commands and their stages.
  yield* say("a command", commands.create(command(1), []))
  yield* fails("with an id that was used", commands.create(command(1), []))
  const key = { userId: "00000007-0000-4000-8000-000000000001", key: "k", digest: "d", expiresAt: at + 3_600_000 }
  yield* say("a command with a key", commands.create(command(2, { createdAt: at }), [], key))
  yield* say("the same key again", commands.create(command(3), [], key))
  yield* say("was not written", commands.get(uuid(3)))
  yield* say("what the key stands for", keys.find(key.userId, key.key, at))
  yield* say("the key of somebody else", keys.find(uuid(4), key.key, at))
  const sorted = <A extends { readonly commandId: string }>(entries: ReadonlyArray<A>) =>
    entries.toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))
  yield* say("the outbox", Effect.map(commands.unpublished(at), sorted))
  yield* say("nothing of it when all has expired", commands.unpublished(at + 60_000))
  yield* say("the first expiry", commands.nextExpiry)
  yield* say(
    "who is waited for",
    Effect.map(targets.find({ kind: "cart", id: cartId }, at), (found) => found?.inFlight),
  )
  yield* say("the target of a cart", Effect.map(targets.find({ kind: "cart", id: cartId }, at + 60_000), unpacked))
  yield* say("the target of a bay", Effect.map(targets.find({ kind: "bay", id: bayId }, at + 60_000), unpacked))
  yield* say(
    "the target of a device",
    Effect.map(targets.find({ kind: "device", id: deviceId }, at + 60_000), (found) => found?.target),
  )
  yield* say("no target", targets.find({ kind: "cart", id: uuid(1) }, at))
  yield* say("stages", commands.record([stage(1, "sent"), stage(1, "accepted", { deviceId, pulses: 0 })]))
  yield* say("a stage that came late", commands.record([stage(1, "sent")]))
  yield* say("a stage of another device", commands.record([stage(1, "confirmed", { deviceId: other.deviceId })]))
  yield* say("a stage of no command", commands.record([stage(77, "confirmed")]))
  yield* say("a refusal of a copy", commands.record([stage(1, "rejected", { deviceId, onlyIf: "untaken" })]))
  yield* say("overdue", commands.overdue(at + 30_000, 10))
  yield* say(
    "at most so many overdue",
    Effect.map(commands.overdue(at + 30_000, 1), (ids) => ids.length),
  )
  yield* say("unknown", commands.record([stage(2, "unknown", { reason: "no_answer" })]))
  yield* say("refused though unknown", commands.record([stage(2, "rejected", { deviceId, onlyIf: "untaken" })]))
  yield* say("and refused otherwise", commands.record([stage(2, "expired", { deviceId })]))
  yield* commands.settle([uuid(1)])
  yield* commands.clearOutbox(at + 60_000)
  yield* say("an outbox that is settled", commands.unpublished(at))
  yield* say("the end", commands.record([stage(1, "confirmed", { deviceId, pulses: 1 })]))
  yield* say("another end", commands.record([stage(1, "failed", { deviceId })]))
  yield* say("nothing is open", commands.nextExpiry)
  yield* say("causes", commands.causes([uuid(1), uuid(77)]))
  const proof = { deviceId, journalId, written: 8, expiredBeforeMs: at + 60_000 }
  yield* say("unheard of in a journal that is not complete", commands.unheard({ ...proof, written: 9 }, 10))
  const shown = Effect.map(commands.get(uuid(1)), (found) => ({
    stage: found?.command.stage,
    pulses: found?.command.pulses,
    stages: found?.stages.map((one) => one.stage).toSorted(),
  }))
  yield* say("the command as it is shown", shown)

  // Twins.
  const bay = { kind: "bay", id: bayId } as const
  const device = { kind: "device", id: deviceId } as const
  yield* say("twins that are", twins.existing("bay", [bayId, uuid(1)]))
  yield* say("device of a bay", twins.deviceOf(bay))
  yield* say("device of no twin", twins.deviceOf({ kind: "bay", id: uuid(1) }))
  yield* say(
    "twins of a device",
    Effect.map(twins.ofDevice(deviceId), (refs) => refs.map(({ kind, id }) => `${kind} ${id}`).toSorted()),
  )
  yield* say("nothing is due", twins.nextDue)
  const held = Effect.map(twins.hold([bay, device, { kind: "bay", id: uuid(1) }]), (batch) =>
    batch.all().map(({ ref, deviceId: owner, edgeSeq, placement, stored }) => ({
      ref,
      owner,
      edgeSeq,
      placement,
      value: stored.value,
      revision: stored.revision,
    })),
  )
  yield* say("held twins", held)
  const step = (event: Parameters<Effect.Success<ReturnType<typeof twins.hold>>["apply"]>[1]) =>
    run(
      Effect.gen(function* () {
        const batch = yield* twins.hold([device])
        batch.apply(device, event, { actor: "cloud" })
        return yield* twins.save(batch)
      }),
    )
  yield* say("a device boots", step({ type: "device.bootAccepted", session: 6 as never, epoch: 1 as never, at }))
  yield* say("and is lost", step({ type: "device.willReceived", session: 6 as never, at: at + 1_000 }))
  yield* say("held again", held)
  yield* say("its time is due", twins.due(at + 11_000, 10))
  yield* say("not before", twins.due(at + 10_999, 10))
  yield* say("when", twins.nextDue)
  const freshOf = Effect.map(twins.hold([bay]), (batch) => batch.get(bay)?.freshAt)
  yield* twins.freshen([{ deviceId, controllerId, freshAt: at }])
  yield* say("a reading", freshOf)
  yield* twins.freshen([{ deviceId, controllerId, freshAt: at - 1_000 }])
  yield* twins.freshen([{ deviceId: other.deviceId, controllerId, freshAt: at + 1_000 }])
  yield* say("an older one, and one of another's", freshOf)
  yield* say(
    "values of a kind",
    Effect.map(twins.values("device"), (all) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
  )
  return lines
})

/** A stored bay may be packed; what it says is the same. */
const unpacked = (found: CommandTarget | undefined) => {
  const read = found?.bay === null || found === undefined ? undefined : readStored(found.bay)
  return { ...found, bay: read !== undefined && Result.isSuccess(read) ? read.success : null }
}

/** As it would be told over a wire: maps and sets by their content. */
const plain = (came: unknown): unknown => {
  if (came instanceof Map) return Object.fromEntries([...came].toSorted())
  if (came instanceof Set) return [...came].toSorted()
  return came === undefined ? null : JSON.parse(JSON.stringify(came))
}
