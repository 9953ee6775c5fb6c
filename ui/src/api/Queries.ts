/**
 * What the page asks of the API, as queries with their keys. Lists are small and fetched whole; what changes by the
 * second comes over the live socket instead.
 */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { CommandKind } from "#core/domain/Command.ts"
import { BranchId, CommandId, ControllerId, DeviceId, type TwinKind } from "#core/domain/Ids.ts"
import type { SimulationVerb } from "#core/api/Api.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { hearStages } from "../live/LiveState.ts"
import { isOver, type ReachedStage } from "../live/CommandProgress.ts"
import { twinStore } from "../live/TwinStore.ts"
import { call, everyPage } from "./Client.ts"

const limit = Limits.pageItemsMax
/** Lists of what is installed change when somebody installs something. */
const registryMs = 30_000
const commandPollMs = 1_000
const eventsShown = 20

export const chainsQuery = queryOptions({
  queryKey: ["chains"],
  queryFn: ({ signal }) =>
    everyPage(({ registry }, cursor) => registry.chains({ query: { limit, ...cursor } }), signal),
  staleTime: registryMs,
  refetchInterval: registryMs,
})

export const branchesQuery = queryOptions({
  queryKey: ["branches"],
  queryFn: ({ signal }) =>
    everyPage(({ registry }, cursor) => registry.branches({ query: { limit, ...cursor } }), signal),
  staleTime: registryMs,
  refetchInterval: registryMs,
})

export const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: ({ signal }) =>
    everyPage(({ registry }, cursor) => registry.devices({ query: { limit, ...cursor } }), signal),
  staleTime: registryMs / 3,
  refetchInterval: registryMs / 3,
})

export const baysQuery = (branchId: string) =>
  queryOptions({
    queryKey: ["bays", branchId],
    queryFn: ({ signal }) =>
      everyPage(
        ({ registry }, cursor) =>
          registry.bays({ params: { id: BranchId.make(branchId) }, query: { limit, ...cursor } }),
        signal,
      ),
    staleTime: registryMs,
  })

/** Carts with their states; the live socket does not carry this list. */
export const cartsQuery = (branchId: string) =>
  queryOptions({
    queryKey: ["carts", branchId],
    queryFn: ({ signal }) =>
      everyPage(
        ({ registry }, cursor) =>
          registry.carts({ params: { id: BranchId.make(branchId) }, query: { limit, ...cursor } }),
        signal,
      ),
    refetchInterval: registryMs / 6,
  })

export const controllersQuery = (deviceId: string) =>
  queryOptions({
    queryKey: ["controllers", deviceId],
    queryFn: ({ signal }) =>
      everyPage(
        ({ registry }, cursor) =>
          registry.controllers({ params: { id: DeviceId.make(deviceId) }, query: { limit, ...cursor } }),
        signal,
      ),
    staleTime: registryMs,
  })

/** Every board one may see. */
export const boardsQuery = queryOptions({
  queryKey: ["boards"],
  queryFn: ({ signal }) =>
    everyPage(({ controllers }, cursor) => controllers.list({ query: { limit, ...cursor } }), signal),
  refetchInterval: registryMs / 3,
})

export const boardQuery = (id: string) =>
  queryOptions({
    queryKey: ["boards", id],
    queryFn: ({ signal }) =>
      call(({ controllers }) => controllers.get({ params: { id: ControllerId.make(id) } }), signal),
    staleTime: registryMs,
  })

/** What a device shall be configured to and what it says it is. */
export const deviceConfigQuery = (id: string) =>
  queryOptions({
    queryKey: ["device-config", id],
    queryFn: ({ signal }) =>
      call(({ configuration }) => configuration.get({ params: { id: DeviceId.make(id) } }), signal),
    refetchInterval: registryMs / 3,
  })

/** The last events of a twin, newest first; `revision` asks anew whenever the twin has moved. */
export const twinEventsQuery = (kind: TwinKind, id: string, revision: number | undefined) =>
  queryOptions({
    queryKey: ["events", kind, id, revision],
    queryFn: async ({ signal }) => {
      const { items } = await call(
        ({ twins }) => twins.events({ params: { kind, id }, query: { limit: eventsShown } }),
        signal,
      )
      return [...items].sort((a, b) => Date.parse(b.received_at) - Date.parse(a.received_at) || b.revision - a.revision)
    },
    placeholderData: keepPreviousData,
  })

/** A twin for a page that follows no scope it is in; kept by the same rule as live word of it. */
export const twinQuery = (kind: TwinKind, id: string) =>
  queryOptions({
    queryKey: ["twin", kind, id],
    queryFn: async ({ signal }) => {
      const twin = await call(({ twins }) => twins.get({ params: { kind, id }, query: {} }), signal)
      twinStore.receive([twin])
      return twin
    },
  })

/** A twin as it was at a revision: that never changes any more. */
export const pastTwinQuery = (kind: TwinKind, id: string, revision: number | undefined) =>
  queryOptions({
    queryKey: ["past", kind, id, revision],
    queryFn: ({ signal }) =>
      call(
        ({ twins }) => twins.get({ params: { kind, id }, query: revision === undefined ? {} : { revision } }),
        signal,
      ),
    enabled: revision !== undefined,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })

/** The last lines of a twin's history up to a revision that it had since an instant, newest first. */
export const pastEventsQuery = (kind: TwinKind, id: string, revision: number | undefined, since: string | undefined) =>
  queryOptions({
    queryKey: ["past-events", kind, id, revision, since],
    queryFn: async ({ signal }) => {
      const to = toInstant(Date.parse(since ?? "") + 1)
      const { items } = await call(
        ({ twins }) => twins.events({ params: { kind, id }, query: { limit: eventsShown, to } }),
        signal,
      )
      return items.filter((event) => event.revision <= (revision ?? 0))
    },
    enabled: revision !== undefined && since !== undefined,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })

/** A command, asked for again until it is over: the live socket may be down just when it matters. */
export const commandQuery = (commandId: string) =>
  queryOptions({
    queryKey: ["command", commandId],
    queryFn: async ({ signal }) => {
      const command = await call(({ commands }) => commands.get({ params: { id: CommandId.make(commandId) } }), signal)
      hearStages(
        commandId,
        command.stages.map(({ stage, at, reason }): ReachedStage => {
          const why = reason ?? (stage === command.stage ? command.reason : undefined)
          return { stage, atMs: Date.parse(at), ...(why === undefined ? {} : { reason: why }) }
        }),
      )
      return command
    },
    refetchInterval: ({ state }) =>
      isOver((state.data?.stages ?? []).map(({ stage }) => ({ stage, atMs: 0 }))) ? false : commandPollMs,
  })

/** Everything that was done for a command; asked for again while it may still grow. */
export const commandTraceQuery = (commandId: string, over: boolean, stages: number) =>
  queryOptions({
    queryKey: ["trace", commandId, over, stages],
    queryFn: ({ signal }) =>
      call(({ commands }) => commands.trace({ params: { id: CommandId.make(commandId) } }), signal),
    refetchInterval: over ? 5 * commandPollMs : commandPollMs,
    placeholderData: keepPreviousData,
  })

/** The newest commands, perhaps of one kind. */
export const commandsQuery = (kind: CommandKind | undefined) =>
  queryOptions({
    queryKey: ["commands", kind],
    queryFn: ({ signal }) =>
      call(({ commands }) => commands.list({ query: { limit, ...(kind === undefined ? {} : { kind }) } }), signal),
    refetchInterval: registryMs / 6,
    placeholderData: keepPreviousData,
  })

/** A hand at a simulated bay; gives what it did, in words. */
export const actAtBay = async (bayId: string, verb: SimulationVerb): Promise<string> => {
  const { done } = await call(({ simulation }) => simulation.act({ params: { id: bayId, verb } }))
  return done
}
