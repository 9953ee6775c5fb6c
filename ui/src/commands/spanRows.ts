/**
 * The spans of a trace as rows of a time table: in the order of the tree, each with its depth and its place on the whole
 * time, and what a serial frame says. Pure.
 */
import { Result } from "effect"
import type { Span } from "#core/api/CommandTrace.ts"
import { decode } from "#core/cu16/Codec.ts"
import { describeFrame } from "#core/cu16/FrameText.ts"
import { fromHex } from "#core/cu16/Hex.ts"

export interface SpanRow {
  readonly span: Span
  readonly depth: number
  /** Milliseconds from the start of the trace. */
  readonly startMs: number
  readonly durationMs: number
  /** Between 0 and 1, on the whole time. */
  readonly from: number
  readonly to: number
  /** What the frame says, if it is one. */
  readonly frame?: string
  /** The bytes as they went over the wire. */
  readonly hex?: string
}

/** Rows in the order of the tree; children in the order they began. */
export const spanRows = (spans: ReadonlyArray<Span>): ReadonlyArray<SpanRow> => {
  const times = spans.flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)])
  const beganMs = Math.min(...times)
  const wholeMs = Math.max(1, Math.max(...times) - beganMs)
  const children = Map.groupBy(spans, ({ parent_span_id }) => parent_span_id)
  const known = new Set(spans.map(({ span_id }) => span_id))
  const under = (parent: string | null, depth: number): ReadonlyArray<SpanRow> =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))
      .flatMap((span) => [rowOf(span, depth), ...under(span.span_id, depth + 1)])
  const rowOf = (span: Span, depth: number): SpanRow => {
    const startMs = Date.parse(span.start) - beganMs
    const durationMs = Math.max(0, Date.parse(span.end) - Date.parse(span.start))
    const { hex } = span.attributes
    const bytes = typeof hex === "string" ? fromHex(hex) : undefined
    const frame = bytes === undefined ? undefined : Result.getOrUndefined(decode(bytes))
    return {
      span,
      depth,
      startMs,
      durationMs,
      from: startMs / wholeMs,
      to: Math.min(1, (startMs + durationMs) / wholeMs),
      ...(frame === undefined ? {} : { frame: describeFrame(frame) }),
      ...(typeof hex === "string" ? { hex } : {}),
    }
  }
  // A span whose parent is not here would be lost with it: it stands at the top.
  const strays = spans.filter(({ parent_span_id }) => parent_span_id !== null && !known.has(parent_span_id))
  return [...under(null, 0), ...strays.flatMap((span) => [rowOf(span, 0), ...under(span.span_id, 1)])]
}
