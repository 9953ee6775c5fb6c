/**
 * The sandbox of a twin's page: the copy as it is now, and every state of it before, to go back to.
 */
import { useCallback, useState } from "react"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { fork, type Sandbox } from "#twins/sandbox/Sandbox.ts"
import type { Stored } from "#twins/Stored.ts"

export interface SandboxControl {
  readonly current: Sandbox | undefined
  /** When it was copied, milliseconds UTC. */
  readonly startedAtMs: number
  readonly canUndo: boolean
  readonly copy: (stored: Stored, nowMs: number) => void
  readonly change: (change: (sandbox: Sandbox) => Sandbox) => void
  readonly undo: () => void
  readonly startOver: () => void
}

/** How many states are kept to go back to. */
const kept = 200

export const useSandbox = (): SandboxControl => {
  const [states, setStates] = useState<ReadonlyArray<Sandbox>>([])
  const current = states.at(-1)
  const [startedAtMs, setStartedAtMs] = useState(0)
  const copy = useCallback((stored: Stored, nowMs: number) => {
    setStates([fork(stored, nowMs)])
    setStartedAtMs(nowMs)
  }, [])
  const change = useCallback((change: (sandbox: Sandbox) => Sandbox) => {
    setStates((before) => {
      const last = before.at(-1)
      return last === undefined ? before : [...before.slice(1 - kept), change(last)]
    })
  }, [])
  const undo = useCallback(() => setStates((before) => (before.length > 1 ? before.slice(0, -1) : before)), [])
  const startOver = useCallback(() => {
    setStates(([first]) => (first === undefined ? [] : [fork(first.origin, startedAtMs)]))
  }, [startedAtMs])
  return { current, startedAtMs, canUndo: states.length > 1, copy, change, undo, startOver }
}

/** What happened in a sandbox, as a twin's history tells it: newest first. */
export const sandboxEvents = ({ origin, lines }: Sandbox): ReadonlyArray<TwinHistoryEvent> => {
  let revision = origin.revision
  return lines
    .map(({ event, accepted, reason, after }, index): TwinHistoryEvent => {
      revision += accepted ? 1 : 0
      const at = toInstant(event.at)
      const by = { cause: "request", actor: "sandbox", command_id: null, trace_id: null, journal: null } as const
      const told = { announces: [], ...by, at, received_at: at }
      return { id: index + 1, revision, event, accepted, reason: reason ?? null, value: after, ...told }
    })
    .reverse()
}
