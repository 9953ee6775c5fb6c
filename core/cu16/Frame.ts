/**
 * The frames a KERONG CU16 lock controller speaks, as values.
 *
 * `hooks` and `presence` are the sixteen raw bits of a status answer, bit 0 = lock 1. They are what the wire says:
 * whether a 1 means "locked" or "open" depends on the switch of each lock (cu16.md §4.1) and is NOT decided here.
 * `board` is 0..9, `lockIndex` 0..15. Bytes are the business of `Codec.ts`; which frames exist, and why we believe it,
 * is said by `FrameTable.ts`.
 */

/** A request of the host to one board or to all of them. */
export type Cu16Request =
  | { readonly kind: "queryStatus"; readonly board: number }
  | { readonly kind: "unlock"; readonly board: number; readonly lockIndex: number }
  | { readonly kind: "queryAllStatus" }
  | { readonly kind: "queryBusStatusOf"; readonly board: number }
  | { readonly kind: "unlockAll"; readonly board: number }
  | { readonly kind: "queryUnlockTime"; readonly board: number }
  | { readonly kind: "setUnlockTime"; readonly board: number; readonly unlockTimeMs: number }
  | { readonly kind: "delayedUnlock"; readonly board: number; readonly delaySeconds: number }
  | { readonly kind: "queryDetection"; readonly board: number }
  | { readonly kind: "queryAllDetection" }
  | { readonly kind: "setBaudRate"; readonly board: number; readonly baudCode: number }

/** An answer of one board. Boards never speak unasked, and never answer an unlock. */
export type Cu16Answer =
  | { readonly kind: "status"; readonly board: number; readonly hooks: number; readonly presence: number }
  | { readonly kind: "busStatus"; readonly board: number; readonly hooks: number; readonly presence: number }
  | { readonly kind: "unlockTime"; readonly board: number; readonly unlockTimeMs: number }

export type Cu16Frame = Cu16Request | Cu16Answer

export type Cu16FrameKind = Cu16Frame["kind"]
