/**
 * Turns the bend points of an edge into SVG: a line with rounded corners, an arrow head at its end, and the point at
 * which its number sits. Pure.
 */
export interface Point {
  readonly x: number
  readonly y: number
}

const cornerRadius = 6
const headLength = 7
const headHalfWidth = 3.2
/** How far before its tip an edge carries its number: edges of one state share their start, never their end. */
const markBeforeTip = 16

const round = (value: number): number => Math.round(value * 10) / 10
const text = ({ x, y }: Point): string => `${round(x)} ${round(y)}`
const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y)

/** The point `length` units from `a` towards `b`. */
const towards = (a: Point, b: Point, length: number): Point => {
  const share = length / (distance(a, b) || 1)
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

/** Takes at least two points; gives the path, its head and the place of its mark. */
export const drawLine = (points: ReadonlyArray<Point>) => {
  const [end, before] = [points.at(-1), points.at(-2)]
  if (end === undefined || before === undefined) throw new RangeError("an edge needs two points")
  const neck = towards(end, before, headLength)
  const shaft = [...points.slice(0, -1), neck]
  return { path: pathOf(shaft), arrow: headOf(neck, end), mark: pointBefore(points, markBeforeTip) }
}

const pathOf = (points: ReadonlyArray<Point>): string =>
  points
    .map((point, index) => {
      const previous = points[index - 1]
      const next = points[index + 1]
      if (previous === undefined) return `M${text(point)}`
      if (next === undefined) return `L${text(point)}`
      const radius = Math.min(cornerRadius, distance(previous, point) / 2, distance(point, next) / 2)
      return `L${text(towards(point, previous, radius))}Q${text(point)} ${text(towards(point, next, radius))}`
    })
    .join("")

const headOf = (neck: Point, tip: Point): string => {
  const side = {
    x: ((tip.y - neck.y) / headLength) * headHalfWidth,
    y: ((neck.x - tip.x) / headLength) * headHalfWidth,
  }
  const left = { x: neck.x + side.x, y: neck.y + side.y }
  const right = { x: neck.x - side.x, y: neck.y - side.y }
  return `M${text(left)}L${text(tip)}L${text(right)}Z`
}

/** The point `length` units before the end of a line, or the line's start if it is shorter. */
const pointBefore = (points: ReadonlyArray<Point>, length: number): readonly [x: number, y: number] => {
  const [first, ...back] = [...points].reverse()
  let at = first ?? { x: 0, y: 0 }
  let left = length
  for (const next of back) {
    const step = distance(at, next)
    if (step >= left) {
      const { x, y } = towards(at, next, left)
      return [round(x), round(y)]
    }
    left -= step
    at = next
  }
  return [round(at.x), round(at.y)]
}
