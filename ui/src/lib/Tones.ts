/**
 * The classes of each tone. Written out in full because Tailwind reads class names from the source.
 */
import type { Tone } from "../words/StateLook.ts"

export const toneText: Readonly<Record<Tone, string>> = {
  good: "text-good",
  busy: "text-busy",
  warn: "text-warn",
  bad: "text-bad",
  away: "text-dim",
  unknown: "text-dim",
}

export const toneChip: Readonly<Record<Tone, string>> = {
  good: "bg-good-soft text-good border-transparent",
  busy: "bg-busy-soft text-busy border-transparent",
  warn: "bg-warn-soft text-warn border-transparent",
  bad: "bg-bad-soft text-bad border-transparent",
  away: "bg-surface text-dim border-edge",
  unknown: "bg-sunken hatched text-dim border-dashed border-edge",
}
