/**
 * The small pictures of states, by name. Always beside a word, so hidden from screen readers.
 */
import {
  Activity,
  ArrowDownToLine,
  Ban,
  Check,
  CircleHelp,
  CircleX,
  GitCompareArrows,
  Hourglass,
  KeyRound,
  Lock,
  LockOpen,
  type LucideIcon,
  ShoppingCart,
  SquareDashed,
  Timer,
  TriangleAlert,
  Unplug,
  Wrench,
} from "lucide-react"
import type { Picture as PictureName } from "../words/StateLook.ts"

const pictures: Readonly<Record<PictureName, LucideIcon>> = {
  unknown: CircleHelp,
  parked: Lock,
  opening: KeyRound,
  open: LockOpen,
  waiting: Hourglass,
  entering: ArrowDownToLine,
  out: ShoppingCart,
  empty: SquareDashed,
  settling: Timer,
  alert: TriangleAlert,
  jammed: CircleX,
  fine: Check,
  slow: Timer,
  noise: Activity,
  cut: Unplug,
  stopped: Ban,
  compare: GitCompareArrows,
  wrench: Wrench,
}

export const Picture = ({ name, className }: { readonly name: PictureName; readonly className?: string }) => {
  const Icon = pictures[name]
  return <Icon aria-hidden className={className ?? "size-3.5"} strokeWidth={2} />
}
