/** As many requests a second as a server answers over some connections that stay open. */
import { Door } from "./Door.ts"

const connections = 64
const warmUpMs = 1_000

export interface FloodRequest {
  readonly path: string
  readonly token: string
  readonly body: object
}

export interface Flooded {
  readonly perSecond: number
  /** Answers that were no success. */
  readonly refused: number
}

/** Posts for so many seconds; `next` gives the request of the nth turn of a connection. */
export const flood = async (
  port: number,
  seconds: number,
  next: (connection: number) => FloodRequest,
): Promise<Flooded> => {
  const door = new Door(port, connections)
  let answered = 0
  let refused = 0
  let isOver = false
  const ask = async (connection: number) => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- set below
    while (!isOver) {
      const { path, token, body } = next(connection)
      const { status } = await door.ask("POST", path, token, body)
      answered += 1
      if (status >= 300) refused += 1
    }
  }
  const all = Array.from({ length: connections }, (_, connection) => ask(connection))
  const pause = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms))
  await pause(warmUpMs)
  answered = 0
  const startedAt = performance.now()
  await pause(seconds * 1_000)
  const perSecond = answered / ((performance.now() - startedAt) / 1_000)
  isOver = true
  await Promise.all(all)
  door.close()
  return { perSecond, refused }
}
