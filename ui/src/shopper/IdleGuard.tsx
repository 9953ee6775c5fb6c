/** Starts a kiosk over when nobody touches it, so that no number stays on its screen. One touch gives more time. */
import { useCallback, useEffect, useRef, useState } from "react"
import { secondsUntilReset } from "./secondsUntilReset.ts"
import { BigButton } from "./Parts.tsx"
import { useNow } from "./useNow.ts"
import { useShopperWords } from "./words/ShopperLanguage.ts"

interface Props {
  /** True while the shopper is at the bays and not at the screen: then the time does not run. */
  readonly isHeld: boolean
  readonly onReset: () => void
}

export const IdleGuard = ({ isHeld, onReset }: Props) => {
  const { kiosk } = useShopperWords()
  const now = useNow()
  const [touchedAtMs, setTouchedAtMs] = useState(Date.now)
  const touch = useCallback(() => setTouchedAtMs(Date.now()), [])
  const goOn = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch)
    return () => {
      for (const kind of ["pointerdown", "keydown"]) document.removeEventListener(kind, touch)
    }
  }, [touch])
  useEffect(touch, [isHeld, touch])
  const left = isHeld ? undefined : secondsUntilReset(Math.max(0, now - touchedAtMs))
  const isWarning = left !== undefined
  useEffect(() => {
    if (left === 0) onReset()
  }, [left, onReset])
  useEffect(() => {
    if (isWarning) goOn.current?.showModal()
    else goOn.current?.close()
  }, [isWarning])
  return (
    <dialog
      ref={goOn}
      aria-labelledby="still-there"
      onCancel={touch}
      className="m-auto w-[min(30rem,90vw)] space-y-4 rounded-2xl border-2 border-accent bg-surface p-6 text-ink backdrop:bg-black/60"
    >
      <h2 id="still-there" className="text-2xl font-bold">
        {kiosk.stillThere}
      </h2>
      <p>{kiosk.startsOver(left ?? 0)}</p>
      <BigButton kind="primary" className="w-full" onClick={touch}>
        {kiosk.goOn}
      </BigButton>
      <BigButton className="w-full" onClick={onReset}>
        {kiosk.startOver}
      </BigButton>
    </dialog>
  )
}
