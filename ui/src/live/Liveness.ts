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
  /** True once all that is followed has come over that socket: until then what is shown is from before. */
  readonly whole: boolean
  /** When anything was last heard, however old it was; undefined before the first word. */
  readonly heardAt: number | undefined
  /** Everything that the page follows is known as it was then: what counts for live. */
  readonly asOf: number | undefined
}

export type Liveness =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "delayed"; readonly forMs: number }
  | { readonly state: "stale"; readonly sinceMs: number }

export const unheard: Link = { open: false, whole: false, heardAt: undefined, asOf: undefined }
/** Something was heard at `atMs`. */
export const heard = (link: Link, atMs: number): Link => ({ ...link, open: true, heardAt: atMs })
/** The server vouches that nothing is missing up to `asOfMs`. What it has vouched for once it does not take back. */
export const vouched = (link: Link, asOfMs: number): Link => ({
  ...link,
  whole: true,
  asOf: Math.max(asOfMs, link.asOf ?? asOfMs),
})
export const closed = (link: Link): Link => ({ ...link, open: false, whole: false })

/** What the badge says now. A page that hears only old news, on a slow line, is as old as that news. */
export const livenessOf = ({ whole, asOf }: Link, nowMs: number): Liveness => {
  if (asOf === undefined) return { state: "connecting" }
  const oldMs = nowMs - asOf
  if (!whole || oldMs >= Limits.liveSilentAfterMs) return { state: "stale", sinceMs: asOf }
  return oldMs >= Limits.liveDelayedAfterMs ? { state: "delayed", forMs: oldMs } : { state: "live" }
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
