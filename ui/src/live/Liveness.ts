/**
 * Whether the page hears from the server, as a pure state with pure moves. Times are this browser's own milliseconds.
 *
 *   connecting → live ⇄ delayed → stale → connecting …
 *
 * Only `live` lets a value be shown as live. A socket that is open but silent is delayed first, then given up.
 */
import { Limits } from "#core/Limits.ts"

export interface Link {
  /** True while a socket is open and authenticated. */
  readonly open: boolean
  /** When anything was last heard; undefined before the first word. */
  readonly heardAt: number | undefined
}

export type Liveness =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "delayed"; readonly forMs: number }
  | { readonly state: "stale"; readonly sinceMs: number }

export const unheard: Link = { open: false, heardAt: undefined }
export const heard = (atMs: number): Link => ({ open: true, heardAt: atMs })
export const closed = (link: Link): Link => ({ ...link, open: false })

/** What the badge says now. */
export const livenessOf = ({ open, heardAt }: Link, nowMs: number): Liveness => {
  if (heardAt === undefined) return { state: "connecting" }
  const silentMs = nowMs - heardAt
  if (!open || silentMs >= Limits.liveSilentAfterMs) return { state: "stale", sinceMs: heardAt }
  return silentMs >= Limits.liveDelayedAfterMs ? { state: "delayed", forMs: silentMs } : { state: "live" }
}

/** True if an open socket has been silent for so long that it must be dead. */
export const isDead = ({ open, heardAt }: Link, nowMs: number): boolean =>
  open && heardAt !== undefined && nowMs - heardAt >= Limits.liveSilentAfterMs

/**
 * The wait before the next attempt: doubling, bounded, and spread by `spread` (0..1) so that a thousand dashboards do
 * not come back in the same instant.
 */
export const reconnectDelayMs = (attempt: number, spread: number): number => {
  const full = Math.min(Limits.liveReconnectFirstMs * 2 ** Math.min(attempt, 30), Limits.liveReconnectMaxMs)
  return Math.round(full / 2 + (full / 2) * spread)
}
