/** What the query of a list asks for, as the repositories take it. */
import { type Flag, flagOf } from "#core/api/Sorting.ts"
import type { CartStatus } from "#core/domain/Cart.ts"
import type { CartType } from "#core/api/Records.ts"

type Asked = typeof Flag.Type | undefined

export const recordFilter = (query: {
  readonly q?: string | undefined
  readonly active?: Asked
  readonly archived?: Asked
}) => ({
  q: query.q,
  active: flagOf(query.active),
  archived: flagOf(query.archived),
})

export const bayFilter = (query: {
  readonly q?: string | undefined
  readonly device_id?: string | undefined
  readonly controller_id?: string | undefined
  readonly zone_id?: string | undefined
  readonly accessible?: Asked
  readonly placed?: Asked
}) => ({
  q: query.q,
  deviceId: query.device_id,
  controllerId: query.controller_id,
  zoneId: query.zone_id,
  accessible: flagOf(query.accessible),
  placed: flagOf(query.placed),
})

export const cartFilter = (query: {
  readonly q?: string | undefined
  readonly cart_number?: string | undefined
  readonly status?: CartStatus | undefined
  readonly cart_type?: CartType | undefined
  readonly placed?: Asked
  readonly archived?: Asked
}) => ({
  q: query.q,
  number: query.cart_number,
  status: query.status,
  type: query.cart_type,
  placed: flagOf(query.placed),
  archived: flagOf(query.archived),
})
