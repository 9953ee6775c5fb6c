/**
 * Tickets to the live stream: each lets one connection of one session in, once, within half a minute. They live in memory: a
 * cloud that starts anew has no connection to let in, and whoever comes again asks again.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"
import type { StaffToken } from "../http/Tokens.ts"
import { hashOfToken, newOpaqueToken } from "../staff/OpaqueToken.ts"

export class LiveTickets extends Context.Service<
  LiveTickets,
  {
    /** A ticket for a session; undefined while too many wait to be used. */
    readonly issue: (session: StaffToken) => Effect.Effect<string | undefined>
    /** Whose ticket it is, the first time it is shown. */
    readonly take: (ticket: string) => Effect.Effect<StaffToken | undefined>
  }
>()("cartwise/cloud/live/LiveTickets") {
  static readonly layer = Layer.sync(LiveTickets, () => {
    const waiting = new Map<string, { readonly session: StaffToken; readonly until: number }>()
    /** Those that nobody has used in time; the oldest are first. */
    const forget = (now: number): void => {
      for (const [hash, { until }] of waiting) {
        if (until > now) return
        waiting.delete(hash)
      }
    }
    return LiveTickets.of({
      issue: (session) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          forget(now)
          if (waiting.size >= Limits.liveTickets) return undefined
          const ticket = newOpaqueToken()
          waiting.set(hashOfToken(ticket), { session, until: now + Limits.liveTicketMs })
          return ticket
        }),
      take: (ticket) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const hash = hashOfToken(ticket)
          const found = waiting.get(hash)
          waiting.delete(hash)
          return found !== undefined && found.until > now ? found.session : undefined
        }),
    })
  })
}
