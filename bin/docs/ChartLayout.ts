/**
 * Gives a chart its positions with the Eclipse Layout Kernel, at build time: the kernel is far too large for a page.
 * Each region is laid out by itself (nothing connects regions) and regions are then packed in rows, the widest first.
 */
import elk, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js"
import type { Chart, ChartEdge, ChartState } from "#twins/chart/Chart.ts"
import type { ChartDrawing, DrawnEdge, DrawnState } from "#twins/chart/Drawing.ts"
import { drawLine, type Point } from "./ChartLine.ts"

const stateHeight = 30
/** Inter at 12.5 units is about this wide per letter. */
const letterWidth = 7.4
const gap = 16

const layoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.edgeCoords": "ROOT",
  "elk.json.shapeCoords": "ROOT",
  /** Arrows into one state share their last stretch, and out of one state their first. */
  "elk.layered.mergeEdges": "true",
  "elk.spacing.nodeNode": "14",
  "elk.spacing.edgeEdge": "7",
  "elk.spacing.edgeNode": "8",
  "elk.layered.spacing.nodeNodeBetweenLayers": "22",
  "elk.layered.spacing.edgeNodeBetweenLayers": "8",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "7",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.thoroughness": "40",
}
const padding = "[top=36,left=14,bottom=14,right=14]"

interface PlacedRegion {
  readonly width: number
  readonly height: number
  readonly states: ReadonlyArray<DrawnState>
  readonly edges: ReadonlyArray<ChartEdge & { readonly points: ReadonlyArray<Point> }>
}

/** Lays a chart out. The same chart always gives the same drawing. */
export const layOut = async (chart: Chart): Promise<ChartDrawing> => {
  const regions = await Promise.all(chart.states.map((region) => layOutRegion(region, chart.edges)))
  const origins = pack(regions)
  const states = regions.flatMap(({ states }, index) => states.map((state) => moved(state, origins[index])))
  const edges = regions.flatMap(({ edges }, index) => edges.map((edge) => drawn(edge, origins[index])))
  const right = Math.max(...states.map(({ x, width }) => x + width))
  const bottom = Math.max(...states.map(({ y, height }) => y + height))
  return { machine: chart.machine, version: chart.version, width: right, height: bottom, states, edges }
}

const elkNode = (state: ChartState): ElkNode =>
  state.states.length === 0
    ? { id: state.id, width: Math.round(state.name.length * letterWidth + 26), height: stateHeight }
    : { id: state.id, layoutOptions: { ...layoutOptions, "elk.padding": padding }, children: state.states.map(elkNode) }

const layOutRegion = async (region: ChartState, allEdges: ReadonlyArray<ChartEdge>): Promise<PlacedRegion> => {
  const inside = allEdges.filter(({ source }) => source === region.id || source.startsWith(`${region.id}.`))
  const graph: ElkNode = {
    id: "",
    layoutOptions: { ...layoutOptions, "elk.padding": "[top=0,left=0,bottom=0,right=0]" },
    children: [elkNode(region)],
    edges: inside.map(({ source, target }, index) => ({ id: String(index), sources: [source], targets: [target] })),
  }
  const root: ElkNode = await new elk.default().layout(graph)
  const placed = new Map<string, ElkNode>()
  const collect = (node: ElkNode): void => {
    placed.set(node.id, node)
    node.children?.forEach(collect)
  }
  collect(root)
  return {
    width: root.width ?? 0,
    height: root.height ?? 0,
    states: flatten(region).map((state) => drawnState(state, placed)),
    edges: inside.map((edge, index) => ({ ...edge, points: pointsOf(root.edges?.[index]) })),
  }
}

const flatten = (state: ChartState): ReadonlyArray<ChartState> => [state, ...state.states.flatMap(flatten)]

const drawnState = (
  { id, name, type, initial, states }: ChartState,
  placed: ReadonlyMap<string, ElkNode>,
): DrawnState => {
  const { x = 0, y = 0, width = 0, height = 0 } = placed.get(id) ?? {}
  return { id, name, type, initial, x, y, width, height, group: states.length > 0 }
}

const pointsOf = (edge: ElkExtendedEdge | undefined): ReadonlyArray<Point> => {
  const section = edge?.sections?.[0]
  return section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
}

/** Rows of regions, tallest row first; a row is never wider than the widest region. */
const pack = (regions: ReadonlyArray<PlacedRegion>): ReadonlyArray<Point> => {
  const widest = Math.max(...regions.map(({ width }) => width))
  let [x, y, rowHeight] = [0, 0, 0]
  return regions.map(({ width, height }) => {
    if (x > 0 && x + width > widest + 1) [x, y, rowHeight] = [0, y + rowHeight + gap, 0]
    const origin = { x, y }
    x += width + gap
    rowHeight = Math.max(rowHeight, height)
    return origin
  })
}

const rounded = (value: number): number => Math.round(value * 10) / 10

const moved = (state: DrawnState, by: Point = { x: 0, y: 0 }): DrawnState => ({
  ...state,
  x: rounded(state.x + by.x),
  y: rounded(state.y + by.y),
  width: rounded(state.width),
  height: rounded(state.height),
})

const drawn = (
  { points, ...edge }: ChartEdge & { readonly points: ReadonlyArray<Point> },
  by: Point = { x: 0, y: 0 },
): DrawnEdge => ({
  ...edge,
  ...drawLine(points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y }))),
})
