/**
 * Makes one tree of spans of all that is on record of a command. Pure. A part that was never noted, or was lost with a
 * program that died, is left out, or stands there with what the stages say of it; whatever is there has a parent that is
 * there too, and the request is the root of all.
 *
 *   request ─ store, publish ─ received at the edge ─ journal, frames, steps, stages ─ ingest ─ push
 *
 * Ids are made of the command and the place in its trace, so that they are the same whenever somebody looks; that of the
 * root is the one that the envelope carries.
 */
import { Struct } from "effect"
import { createHash } from "node:crypto"
import type { CommandTrace, Span } from "#core/api/CommandTrace.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { traceparentOf } from "#core/wire/Traceparent.ts"
import type { TrailEntry } from "#core/wire/Trail.ts"
import type { CommandRecord, TracedNote, TracedStage } from "../store/CommandTraces.ts"

/** Instants of spans are finer than a millisecond. */
const instantOf = (ms: number): string => {
  const whole = Math.floor(ms)
  const micros = Math.floor((ms - whole) * 1_000)
  return new Date(whole).toISOString().replace("Z", `${String(micros).padStart(3, "0")}Z`)
}

type Attributes = Span["attributes"]

class Tree {
  readonly rootId: string
  readonly #commandId: string
  readonly #spans: Array<Span & { readonly startMs: number }> = []

  constructor(commandId: string, rootId: string) {
    this.#commandId = commandId
    this.rootId = rootId
  }

  /** Adds a span and gives its id; `key` names its place in the trace. */
  add(
    key: string,
    parent: string | null,
    service: Span["service"],
    name: string,
    startMs: number,
    endMs: number,
    attributes: Attributes,
  ): string {
    const hash = createHash("sha256").update(`${this.#commandId} ${key}`).digest("hex")
    const span_id = parent === null ? this.rootId : hash.slice(0, 16)
    const times = { start: instantOf(startMs), end: instantOf(Math.max(startMs, endMs)) }
    this.#spans.push({ span_id, parent_span_id: parent, name, service, ...times, attributes, startMs })
    return span_id
  }

  /** The root first, then in the order of time. */
  spans(): ReadonlyArray<Span> {
    const [root, ...others] = this.#spans
    const sorted = others.toSorted((a, b) => a.startMs - b.startMs)
    return (root === undefined ? sorted : [root, ...sorted]).map((span) => Struct.omit(span, ["startMs"]))
  }
}

const textsIn = (detail: unknown): ReadonlyArray<string> =>
  Array.isArray(detail) ? detail.filter((item) => typeof item === "string") : []

const ms = (at: Date): number => at.getTime()

/** What of the cloud comes before the device: gives the span that a device's work hangs under. */
const addDeparture = (tree: Tree, { command, stages, notes }: CommandRecord): string => {
  const requested = notes.find(({ what }) => what === "requested")
  const created = stages.find(({ stage }) => stage === "created")
  const route = requested?.detail["route"]
  const begunAt = Math.min(ms(command.created_at), requested === undefined ? Infinity : ms(requested.started_at))
  const root = tree.add(
    "request",
    null,
    "cloud",
    typeof route === "string" ? route : `command ${command.kind}`,
    begunAt,
    ms(requested?.ended_at ?? created?.recorded_at ?? command.created_at),
    {
      command_id: command.id,
      kind: command.kind,
      target: `${command.target_kind}/${command.target_id}`,
      device: command.device_id,
      requested_by: command.requested_by,
      stage: command.stage,
      ...(command.reason === null ? {} : { reason: command.reason }),
      pulses: command.pulses,
    },
  )
  const stored = notes.find(({ what }) => what === "stored")
  const storedAt = created?.recorded_at ?? command.created_at
  tree.add("store", root, "cloud", "store command", ms(command.created_at), ms(stored?.ended_at ?? storedAt), {})
  return addPublications(tree, root, stages, notes)
}

/** Every try to publish, or the stage that says there was one; gives the span of the one that got through. */
const addPublications = (
  tree: Tree,
  root: string,
  stages: ReadonlyArray<TracedStage>,
  notes: ReadonlyArray<TracedNote>,
): string => {
  let through = root
  const sent = stages.find(({ stage }) => stage === "sent")
  const tries = notes.filter(({ what }) => what === "published")
  for (const [index, { detail, started_at, ended_at }] of tries.entries()) {
    const attributes = { "messaging.system": "mqtt", "messaging.operation": "publish", ...detail }
    const key = `publish ${index}`
    const id = tree.add(key, root, "cloud", "mqtt publish", ms(started_at), ms(ended_at), attributes)
    if (detail["failure"] === undefined) through = id
  }
  if (tries.length === 0 && sent !== undefined) {
    through = tree.add("publish 0", root, "cloud", "mqtt publish", ms(sent.at), ms(sent.recorded_at), {})
  }
  return through
}

const nameOf: Readonly<Record<TrailEntry["what"], string>> = {
  received: "edge receive",
  restarted: "edge restart",
  journal: "journal write",
  sent: "serial frame sent",
  heard: "serial frame heard",
  junk: "serial noise heard",
}

const attributesOf = ({ what, detail, times, off_ms }: TrailEntry): Attributes => {
  if (what === "received") return { verdict: detail, ...(off_ms === undefined ? {} : { clock_off_ms: off_ms }) }
  if (what === "restarted") return { stage: detail, ...(off_ms === undefined ? {} : { clock_off_ms: off_ms }) }
  if (what === "journal") return { mark: detail }
  return {
    hex: detail,
    direction: what === "sent" ? "to the board" : "from the board",
    ...(times === undefined ? {} : { times }),
  }
}

/** Where the work of a device hangs at an instant: under the envelope's arrival, or the newest restart before. */
type EdgeParents = ReadonlyArray<{ readonly fromMs: number; readonly id: string }>

const parentAt = (parents: EdgeParents, atMs: number, otherwise: string): string =>
  parents.findLast(({ fromMs }) => fromMs <= atMs)?.id ?? parents[0]?.id ?? otherwise

/** What devices did: arrivals, journal, frames, steps of machines and stages; gives the spans of the stages. */
const addDevice = (tree: Tree, publish: string, { stages, steps }: CommandRecord): ReadonlyMap<string, string> => {
  const entries = stages.flatMap(({ trail, stage }) =>
    (trail ?? []).map((entry, index) => ({ entry, key: `${stage} ${index}` })),
  )
  const parents: Array<{ readonly fromMs: number; readonly id: string }> = []
  const add = ({ entry, key }: (typeof entries)[number], parent: string) =>
    tree.add(key, parent, "edge", nameOf[entry.what], entry.at, entry.at + entry.ms, attributesOf(entry))
  for (const one of entries) {
    const { what, at } = one.entry
    if (what !== "received" && what !== "restarted") continue
    parents.push({ fromMs: at, id: add(one, parents[0]?.id ?? publish) })
  }
  for (const one of entries) {
    const { what, at } = one.entry
    if (what !== "received" && what !== "restarted") add(one, parentAt(parents, at, publish))
  }
  for (const { id, kind, twin_id, revision, type, accepted, reason, value, seq, at } of steps) {
    const why = reason === null ? {} : { reason }
    const attributes = { twin: `${kind}/${twin_id}`, revision, accepted, ...why, value, seq }
    tree.add(`step ${id}`, parentAt(parents, ms(at), publish), "edge", `step ${type}`, ms(at), ms(at), attributes)
  }
  const said = new Map<string, string>()
  for (const { stage, at, reason, trail } of stages) {
    if (trail === null) continue
    const attributes = reason === null ? {} : { reason }
    const parent = parentAt(parents, ms(at), publish)
    said.set(stage, tree.add(`stage ${stage}`, parent, "edge", `stage ${stage}`, ms(at), ms(at), attributes))
  }
  return said
}

/** Stages that the cloud itself decided: sent, never sent, or given up. */
const addDecisions = (tree: Tree, publish: string, { stages }: CommandRecord): ReadonlyMap<string, string> => {
  const decided = new Map<string, string>()
  for (const { stage, at, recorded_at, reason, trail } of stages) {
    if (trail !== null || stage === "created") continue
    const attributes = reason === null ? {} : { reason }
    const parent = stage === "sent" ? publish : tree.rootId
    decided.set(
      stage,
      tree.add(`stage ${stage}`, parent, "cloud", `stage ${stage}`, ms(at), ms(recorded_at), attributes),
    )
  }
  return decided
}

/** Commits of what devices said, and what of it live clients were told. */
const addArrival = (
  tree: Tree,
  said: ReadonlyMap<string, string>,
  decided: ReadonlyMap<string, string>,
  { stages, notes }: CommandRecord,
): void => {
  const committed = new Map<string, string>()
  for (const [index, { what, detail, started_at, ended_at }] of notes.entries()) {
    if (what !== "ingested") continue
    const told = textsIn(detail["stages"])
    const parent = said.get(told[0] ?? "") ?? tree.rootId
    const id = tree.add(`ingest ${index}`, parent, "cloud", "ingest commit", ms(started_at), ms(ended_at), {
      stages: told,
    })
    for (const stage of told) committed.set(stage, id)
  }
  // A note that was lost: the stage still says when it was committed.
  for (const { stage, recorded_at } of stages) {
    const id = said.get(stage)
    if (id === undefined || committed.has(stage)) continue
    const at = ms(recorded_at)
    committed.set(stage, tree.add(`ingest ${stage}`, id, "cloud", "ingest commit", at, at, { stages: [stage] }))
  }
  for (const [index, { what, detail, started_at, ended_at }] of notes.entries()) {
    if (what !== "pushed") continue
    const told = textsIn(detail["stages"])
    const first = told[0] ?? ""
    const parent = committed.get(first) ?? decided.get(first) ?? tree.rootId
    const clients = typeof detail["clients"] === "number" ? detail["clients"] : 0
    const name = clients === 0 ? "no live client" : "websocket push"
    tree.add(`push ${index}`, parent, "cloud", name, ms(started_at), ms(ended_at), { stages: told, clients })
  }
}

/** The trace of a command from what is on record of it. */
export const traceOf = (record: CommandRecord): CommandTrace => {
  const { command, stages } = record
  const commandId = CommandId.make(command.id)
  const [, trace_id = "", rootId = ""] = (command.traceparent ?? traceparentOf(commandId)).split("-")
  const tree = new Tree(command.id, rootId)
  const publish = addDeparture(tree, record)
  const decided = addDecisions(tree, publish, record)
  const said = addDevice(tree, publish, record)
  addArrival(tree, said, decided, record)
  const offs = stages.flatMap(({ trail }) => (trail ?? []).flatMap(({ off_ms }) => off_ms ?? []))
  return {
    command_id: commandId,
    trace_id,
    edge_clock_off_ms: offs.length === 0 ? null : Math.max(...offs),
    spans: tree.spans(),
  }
}
