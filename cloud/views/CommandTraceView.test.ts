import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import type { CommandTrace } from "#core/api/CommandTrace.ts"
import { CommandTrace as CommandTraceSchema } from "#core/api/CommandTrace.ts"
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import type { TrailEntry } from "#core/wire/Trail.ts"
import { Schema } from "effect"
import { idOf } from "../SmallRegistry.fixture.ts"
import type { CommandRecord, TracedNote, TracedStage } from "../store/CommandTraces.ts"
import { traceOf } from "./CommandTraceView.ts"

const t0 = 1_795_000_000_000
const at = (ms: number) => new Date(t0 + ms)
const isTrace = Schema.is(CommandTraceSchema)

const entry = (what: TrailEntry["what"], ms: number, detail: string, more: Partial<TrailEntry> = {}): TrailEntry => ({
  what,
  at: t0 + ms,
  ms: 2.6,
  detail,
  ...more,
})

const stage = (
  name: CommandStage,
  ms: number,
  trail: ReadonlyArray<TrailEntry> | null,
  reason: CommandReason | null = null,
): TracedStage => ({ stage: name, reason, at: at(ms), recorded_at: at(ms + 3), trail })

const note = (what: TracedNote["what"], ms: number, detail: TracedNote["detail"] = {}): TracedNote => ({
  what,
  detail,
  started_at: at(ms),
  ended_at: at(ms + 1),
})

const step = (id: number, type: string, ms: number): CommandRecord["steps"][number] => ({
  id,
  kind: "bay",
  twin_id: idOf(5, 10),
  revision: id,
  type,
  accepted: true,
  reason: null,
  value: { latch: "releasing" },
  seq: id,
  at: at(ms),
})

const unlocked: CommandRecord = {
  command: {
    id: idOf(8, 1),
    kind: "unlock",
    target_kind: "bay",
    target_id: idOf(5, 10),
    cart_id: idOf(6, 10),
    device_id: idOf(3, 1),
    stage: "confirmed",
    reason: null,
    pulses: 1,
    requested_by: "a@b.example",
    requested_reason: "test",
    traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    created_at: at(0),
    expires_at: at(10_000),
  },
  stages: [
    stage("created", 0, null),
    stage("sent", 2, null),
    stage("accepted", 5, [entry("received", 4, "accepted", { off_ms: 0.4 })]),
    stage("executing", 9, [entry("journal", 5, "accepted"), entry("sent", 6, "02 00 30 03 35")]),
    stage("executed", 14, [entry("journal", 9, "pulse 1"), entry("sent", 12, "02 04 31 03 3A")]),
    stage("confirmed", 90, [entry("sent", 20, "02 00 30 03 35", { times: 7 }), entry("heard", 25.125, "02 00 35")]),
  ],
  notes: [
    note("stored", 0),
    note("requested", -1, { route: "POST /api/carts/{id}/unlock" }),
    note("published", 2, { topic: "t" }),
    note("ingested", 6, { stages: ["accepted", "executing"] }),
    note("pushed", 7, { stages: ["accepted", "executing"], clients: 2 }),
    note("pushed", 92, { stages: ["confirmed"], clients: 0 }),
  ],
  steps: [step(1, "bay.unlock", 5), step(2, "bay.pulsed", 14), step(3, "bay.observed", 90)],
}

/** Fails unless the spans are one tree. */
const isTree = ({ spans }: CommandTrace): void => {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  assert.strictEqual(ids.size, spans.length, "span ids are unique")
  const roots = spans.filter(({ parent_span_id }) => parent_span_id === null)
  assert.lengthOf(roots, 1)
  const parents = new Map(spans.map(({ span_id, parent_span_id }) => [span_id, parent_span_id]))
  for (const { span_id, name } of spans) {
    let above: string | null | undefined = span_id
    for (let depth = 0; depth <= spans.length && above !== roots[0]?.span_id; depth++) above = parents.get(above ?? "")
    assert.strictEqual(above, roots[0]?.span_id, `${name} hangs under the root`)
  }
}

const named = (trace: CommandTrace, name: string) => trace.spans.filter((span) => span.name === name)
const parentOf = (trace: CommandTrace, name: string, index = 0) =>
  trace.spans.find(({ span_id }) => span_id === named(trace, name)[index]?.parent_span_id)?.name

describe("the trace of a command", () => {
  const trace = traceOf(unlocked)

  it("is one tree from the request to the live clients, through everything in between", () => {
    isTree(trace)
    assert.isTrue(isTrace(trace))
    assert.isAtLeast(trace.spans.length, 10)
    const [root] = trace.spans
    assert.deepInclude(root, { name: "POST /api/carts/{id}/unlock", span_id: "b".repeat(16), service: "cloud" })
    assert.strictEqual(trace.trace_id, "a".repeat(32))
    assert.strictEqual(parentOf(trace, "mqtt publish"), "POST /api/carts/{id}/unlock")
    assert.strictEqual(parentOf(trace, "edge receive"), "mqtt publish")
    assert.strictEqual(parentOf(trace, "journal write"), "edge receive")
    assert.strictEqual(parentOf(trace, "step bay.pulsed"), "edge receive")
    assert.strictEqual(parentOf(trace, "ingest commit"), "stage accepted")
    assert.strictEqual(parentOf(trace, "websocket push"), "ingest commit")
    assert.strictEqual(parentOf(trace, "no live client"), "ingest commit")
  })

  it("shows the frames with their bytes, their direction and their time, as exact as the clocks are", () => {
    const sent = named(trace, "serial frame sent")
    assert.lengthOf(
      sent.filter(({ attributes }) => attributes["hex"] === "02 04 31 03 3A"),
      1,
    )
    const [heard] = named(trace, "serial frame heard")
    assert.deepInclude(heard, { service: "edge", start: "2026-11-18T11:06:40.025125Z" })
    assert.strictEqual(heard?.attributes["direction"], "from the board")
    assert.strictEqual(trace.edge_clock_off_ms, 0.4)
  })

  it("says the same whenever somebody looks", () => {
    assert.deepStrictEqual(traceOf(unlocked), trace)
  })

  it("CW-MQTT-810: is one tree whatever of it was lost", () => {
    const parts = { stages: unlocked.stages.length, notes: unlocked.notes.length, steps: unlocked.steps.length }
    const subset = (size: number) => fc.subarray(Array.from({ length: size }, (_, index) => index))
    fc.assert(
      fc.property(subset(parts.stages), subset(parts.notes), subset(parts.steps), fc.boolean(), (s, n, t, bare) => {
        const lost: CommandRecord = {
          command: unlocked.command,
          stages: unlocked.stages
            .filter((_, index) => s.includes(index))
            .map((one) => (bare && one.trail !== null ? { ...one, trail: [] } : one)),
          notes: unlocked.notes.filter((_, index) => n.includes(index)),
          steps: unlocked.steps.filter((_, index) => t.includes(index)),
        }
        isTree(traceOf(lost))
      }),
    )
  })

  it("of a command that its device refused ends there", () => {
    const [created, sent] = unlocked.stages
    const refused = stage("rejected", 5, [entry("received", 4, "wrong_epoch")], "wrong_epoch")
    const stages = [created, sent, refused].filter((one) => one !== undefined)
    const trace = traceOf({ ...unlocked, stages, notes: unlocked.notes.slice(0, 3), steps: [] })
    isTree(trace)
    assert.deepInclude(named(trace, "edge receive")[0]?.attributes, { verdict: "wrong_epoch" })
    assert.deepInclude(named(trace, "stage rejected")[0], { service: "edge", attributes: { reason: "wrong_epoch" } })
    assert.strictEqual(parentOf(trace, "ingest commit"), "stage rejected")
  })

  it("of a command that never left, or of which no word came, says who gave it up", () => {
    for (const [name, reason] of [
      ["expired", "expired"],
      ["unknown", "no_answer"],
    ] as const) {
      const stages = [stage("created", 0, null), stage(name, 20_000, null, reason)]
      const failure = note("published", 2, { topic: "t", failure: "there is no connection" })
      const trace = traceOf({ ...unlocked, stages, notes: [failure], steps: [] })
      isTree(trace)
      assert.deepInclude(named(trace, `stage ${name}`)[0], { service: "cloud", attributes: { reason } })
      assert.strictEqual(named(trace, "mqtt publish")[0]?.attributes["failure"], "there is no connection")
    }
  })

  it("of a device that restarted hangs what came after under the restart", () => {
    const restart = stage("unknown", 5_000, [entry("restarted", 4_000, "executing")], "restarted")
    const confirmed = stage("confirmed", 6_000, [entry("heard", 5_900, "02 00 35")])
    const stages = [...unlocked.stages.slice(0, 4), restart, confirmed]
    const trace = traceOf({ ...unlocked, stages, steps: [step(1, "bay.unlock", 5), step(3, "bay.observed", 5_950)] })
    isTree(trace)
    assert.strictEqual(parentOf(trace, "edge restart"), "edge receive")
    assert.strictEqual(parentOf(trace, "step bay.unlock"), "edge receive")
    for (const name of ["serial frame heard", "step bay.observed", "stage confirmed"]) {
      assert.strictEqual(parentOf(trace, name), "edge restart", name)
    }
  })
})
