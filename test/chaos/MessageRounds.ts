/** Single messages at the wrong moment: commands that come late, again, or from a grave; a will that comes after the heir. */
import mqtt from "mqtt"
import type { SignedCommand } from "#core/wire/SignedCommand.ts"
import { eventually } from "../support/Eventually.ts"
import { oneBoard } from "../support/OneBoard.ts"
import { nowMs } from "./Clock.ts"
import type { Parcel } from "./FaultProxy.ts"
import { holding, jsonOf, messageOn } from "./LineFaults.ts"
import { type ChaosFault, pass, type Scene } from "./Scene.ts"
import { mustBecome } from "./StoredCommand.ts"
import { envelopeOf, lockOf } from "./WireWitness.ts"

const isCommand = (parcel: Parcel): boolean => parcel.direction === "down" && messageOn("commands")(parcel)
const isUnlock = (parcel: Parcel): boolean => isCommand(parcel) && envelopeOf(parcel)?.kind === "unlock"

const idOf = (parcel: Parcel): string => envelopeOf(parcel)?.command_id ?? ""
const expiryOf = (parcel: Parcel): number => Date.parse(envelopeOf(parcel)?.expires_at ?? "")

/** Keeps back the unlocks that people ask for until there are some; what follows goes through. */
const holdUnlocks = async ({ stack }: Scene, atLeast: number): Promise<ReadonlyArray<Parcel>> => {
  const held: Array<Parcel> = []
  const mend = stack.lines.edge.use(holding(held, isUnlock, atLeast))
  try {
    await eventually(
      () => {
        if (held.length < atLeast) throw new Error("no command was sent to the edge")
      },
      { timeoutMs: 20_000 },
    )
  } finally {
    mend()
  }
  return held
}

const becomeAll = async (
  scene: Scene,
  held: ReadonlyArray<Parcel>,
  stage: string,
  reason: string,
): Promise<ReadonlyArray<string>> =>
  (await Promise.all(held.map((parcel) => mustBecome(scene.stack, idOf(parcel), stage, reason)))).flat()

/** What the cloud says of a device may still be about the session before: the edge's own line tells. */
const bootedSince = (witness: Scene["witness"], atMs: number): Promise<void> =>
  eventually(() => {
    if ((witness.wire.acceptedAtMs ?? 0) < atMs) throw new Error("the edge has not booted again")
  })

const heldPastExpiry: ChaosFault = {
  name: "command held too long",
  says: "commands reach the edge after they have expired: refused as expired",
  strike: async (scene) => {
    const held = await holdUnlocks(scene, 2)
    await pass(Math.max(...held.map(expiryOf)) - nowMs() + scene.random.int(1, 500))
    for (const parcel of held) scene.stack.lines.edge.deliver(parcel)
    return await becomeAll(scene, held, "expired", "expired")
  },
}

const heldPastReconnect: ChaosFault = {
  name: "command of old epoch",
  says: "commands reach the edge on its next connection: refused as of another epoch",
  strike: async (scene) => {
    const { stack, witness } = scene
    const held = await holdUnlocks(scene, 1)
    const resetAtMs = nowMs()
    stack.lines.edge.reset()
    await bootedSince(witness, resetAtMs)
    for (const parcel of held) stack.lines.edge.deliver(parcel)
    return await becomeAll(scene, held, "rejected", "wrong_epoch")
  },
}

const repeatedLater: ChaosFault = {
  name: "command repeated",
  says: "commands come again when their carts are back: one pulse each, and the edge counts them",
  strike: async ({ random, stack, witness }) => {
    const heard: Array<Parcel> = []
    let isListening = true
    stack.lines.edge.watch((parcel) => {
      if (isListening && isUnlock(parcel)) heard.push(parcel)
    })
    await pass(random.int(2_500, 4_000))
    isListening = false
    await pass(random.int(1_000, 3_000))
    const before = await duplicates(witness)
    for (const parcel of heard) stack.lines.edge.deliver(parcel)
    return await eventually(async () => {
      const counted = (await duplicates(witness)) - before
      if (counted < heard.length) throw new Error(`${heard.length} commands were repeated, the edge counts ${counted}`)
      return []
    }).catch((error: Error) => [error.message])
  },
}

const counted = async (witness: Scene["witness"], metric: string): Promise<number> =>
  (await witness.edgeMetrics()).get(metric) ?? 0
const duplicates = (witness: Scene["witness"]) => counted(witness, "cartwise_command_duplicate_total")

/** The same message with one bit of this part of the signed command turned over. */
const forge = (parcel: Parcel, part: keyof SignedCommand): Parcel => {
  if (parcel.packet?.cmd !== "publish") return parcel
  const signed = jsonOf(parcel.packet) as SignedCommand
  const bytes = Buffer.from(signed[part], "base64url")
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  const payload = Buffer.from(JSON.stringify({ ...signed, [part]: bytes.toString("base64url") }))
  return { ...parcel, packet: { ...parcel.packet, payload } }
}

const forged: ChaosFault = {
  name: "forged command",
  says: "a command comes with a bit of signature or envelope changed: refused; the genuine one behind it opens",
  strike: async (scene) => {
    const { stack, witness } = scene
    const metric = 'cartwise_command_rejected_total{reason="not_authorised"}'
    const before = await counted(witness, metric)
    const [genuine] = await holdUnlocks(scene, 1)
    if (genuine === undefined) return ["no command was sent to the edge"]
    const surprises: Array<string> = []
    for (const part of ["signature", "payload"] as const) stack.lines.edge.deliver(forge(genuine, part))
    await eventually(async () => {
      const refused = (await counted(witness, metric)) - before
      if (refused !== 2) throw new Error(`two forged commands came, the edge refused ${refused} as not authorised`)
    }).catch((error: Error) => surprises.push(error.message))
    const { command_id, target } = envelopeOf(genuine) ?? {}
    const lock = lockOf(target?.id ?? "")
    if (witness.pulses.some((pulse) => pulse.lock === lock && pulse.onDisk.has(command_id ?? ""))) {
      surprises.push(`a forged copy of command ${command_id} was carried out`)
    }
    stack.lines.edge.deliver(genuine)
    return surprises
  },
}

const retainedGhost: ChaosFault = {
  name: "retained ghost",
  says: "a command that never arrived waits retained for the edge's next start: refused as retained",
  strike: async (scene) => {
    const { parts, brokerPort } = scene.stack
    const [ghost] = await holdUnlocks(scene, 1)
    if (ghost?.packet?.cmd !== "publish") return ["no command was sent to the edge"]
    const { topic, payload } = ghost.packet
    await parts.edge.kill()
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${brokerPort}`)
    try {
      await client.publishAsync(topic, payload, { qos: 1, retain: true })
      await parts.edge.start()
      return await mustBecome(scene.stack, idOf(ghost), "rejected", "retained")
    } finally {
      await client.publishAsync(topic, "", { qos: 1, retain: true })
      await client.endAsync()
    }
  },
}

const lateWill: ChaosFault = {
  name: "last will comes late",
  says: "the will of a killed edge reaches the cloud when the next one is there: ignored",
  strike: async ({ stack, witness }) => {
    const held: Array<Parcel> = []
    const isWill = (parcel: Parcel) =>
      parcel.direction === "down" &&
      messageOn("status")(parcel) &&
      (jsonOf(parcel.packet) as { status?: unknown }).status === "offline"
    const mend = stack.lines.cloud.use(holding(held, isWill))
    await stack.parts.edge.kill()
    await eventually(() => {
      if (held.length === 0) throw new Error("the broker published no will")
    })
    const startedAtMs = nowMs()
    await stack.parts.edge.start()
    await bootedSince(witness, startedAtMs)
    await stack.ready()
    mend()
    for (const parcel of held) stack.lines.cloud.deliver(parcel)
    for (let look = 0; look < 10; look++) {
      await pass(100)
      const { value } = await stack.rest.twin("device", oneBoard.device)
      const shown = JSON.stringify(value)
      if (!shown.includes('"connection":"online"')) return [`a will of the session before made the device ${shown}`]
    }
    return []
  },
}

export const messageRounds: ReadonlyArray<ChaosFault> = [
  heldPastExpiry,
  heldPastReconnect,
  forged,
  repeatedLater,
  retainedGhost,
  lateWill,
]
