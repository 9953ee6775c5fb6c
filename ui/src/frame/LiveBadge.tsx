/**
 * Says whether the page hears from the server: live, delayed, or stale since when.
 */
import { useAtom } from "@xstate/store-react"
import { CircleAlert, Radio, WifiOff } from "lucide-react"
import { clockAtom, serverNow } from "../live/Clock.ts"
import { type Liveness, livenessOf } from "../live/Liveness.ts"
import { linkAtom } from "../live/LiveState.ts"
import { timeText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"

const looks = {
  connecting: { Icon: Radio, classes: "bg-sunken text-dim" },
  live: { Icon: Radio, classes: "bg-good-soft text-good" },
  delayed: { Icon: CircleAlert, classes: "bg-warn-soft text-warn" },
  stale: { Icon: WifiOff, classes: "bg-bad-soft text-bad" },
} as const

const useLiveness = (): Liveness => {
  const link = useAtom(linkAtom)
  const { ownMs } = useAtom(clockAtom)
  return livenessOf(link, Math.max(ownMs, link.asOf ?? 0))
}

export const LiveBadge = () => {
  const words = useWords()
  const language = useLanguage()
  const liveness = useLiveness()
  const { Icon, classes } = looks[liveness.state]
  const text = (): string => {
    switch (liveness.state) {
      case "live":
        return words.live.live
      case "connecting":
        return words.live.connecting
      case "delayed":
        return words.live.delayed(Math.floor(liveness.forMs / 1000))
      case "stale":
        return words.live.staleSince(timeText(language, liveness.sinceMs, serverNow(), undefined))
    }
  }
  return (
    <span
      role="status"
      aria-label={words.live.about}
      data-live={liveness.state}
      className={`inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap tabular-nums ${classes}`}
    >
      <Icon aria-hidden className="size-3.5" />
      <span>{text()}</span>
    </span>
  )
}
