/**
 * Which bit of a board means a closed hook, and which a cart that is there: from the raw bits of some locks and what somebody
 * sees there. One polarity must fit everything that is seen.
 */
import type { Hook, Presence } from "../domain/Bay.ts"

export interface SeenLock {
  readonly lockIndex: number
  readonly hook: Hook
  readonly presence: Presence
}

export interface RawBits {
  readonly hooks: number
  readonly presences: number
}

/** The one bit that fits every lock; undefined if what is seen contradicts the bits or itself. */
const bitFor = (bits: number, seen: ReadonlyArray<readonly [lockIndex: number, isOn: boolean]>): 0 | 1 | undefined =>
  ([0, 1] as const).find((bit) => seen.every(([lockIndex, isOn]) => (((bits >> lockIndex) & 1) === bit) === isOn))

/** Gives the polarity, or undefined if none fits. */
export const polarityOf = (
  { hooks, presences }: RawBits,
  seen: ReadonlyArray<SeenLock>,
): { readonly hook_closed_bit: 0 | 1; readonly presence_bit: 0 | 1 } | undefined => {
  const hook_closed_bit = bitFor(
    hooks,
    seen.map(({ lockIndex, hook }) => [lockIndex, hook === "closed"]),
  )
  const presence_bit = bitFor(
    presences,
    seen.map(({ lockIndex, presence }) => [lockIndex, presence === "present"]),
  )
  if (hook_closed_bit === undefined || presence_bit === undefined) return undefined
  return { hook_closed_bit, presence_bit }
}
