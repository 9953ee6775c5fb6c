/** What a device found when it looked at one of its boards; null while nobody has asked it to. */
import { queryOptions } from "@tanstack/react-query"
import { ControllerId } from "#core/domain/Ids.ts"
import type { Effect } from "effect"
import { call, type Client } from "./Client.ts"
import { Problem } from "./Problem.ts"

const refetchMs = 3_000

const orNothing = async <A, E>(
  use: (client: Client) => Effect.Effect<A, E>,
  signal: AbortSignal,
): Promise<A | null> => {
  try {
    return await call(use, signal)
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return null
    throw error
  }
}

export const countersQuery = (id: string) =>
  queryOptions({
    queryKey: ["board-counters", id],
    queryFn: ({ signal }) =>
      orNothing(({ boardReports }) => boardReports.counters({ params: { id: ControllerId.make(id) } }), signal),
    refetchInterval: refetchMs,
  })

/** The last frames on the bus of the board, decoded. */
export const framesQuery = (id: string) =>
  queryOptions({
    queryKey: ["board-frames", id],
    queryFn: ({ signal }) =>
      orNothing(({ boardReports }) => boardReports.frames({ params: { id: ControllerId.make(id) } }), signal),
    refetchInterval: refetchMs,
  })
