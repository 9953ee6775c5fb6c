/**
 * A chart with positions: what the build writes to JSON and the dashboard draws. Lengths are SVG units, y grows down;
 * the origin is the drawing's top left corner. Labels take part in no layout: the page writes them.
 */
import type { ChartEdge, ChartState } from "./Chart.ts"

/** A state's box. */
export interface DrawnState extends Omit<ChartState, "states"> {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** True for a state with states inside. */
  readonly group: boolean
}

/** An edge's line as an SVG path, its head, and the place for its number. */
export interface DrawnEdge extends ChartEdge {
  readonly path: string
  readonly arrow: string
  readonly mark: readonly [x: number, y: number]
}

export interface ChartDrawing {
  readonly machine: string
  readonly version: number
  readonly width: number
  readonly height: number
  /** Parents before their children, so that drawing in this order stacks them rightly. */
  readonly states: ReadonlyArray<DrawnState>
  readonly edges: ReadonlyArray<DrawnEdge>
}
