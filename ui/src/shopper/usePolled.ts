/**
 * Asks again and again, and keeps the newest answer with the moment it came, so that the page can say how old it is. A
 * failure keeps the last answer. Nothing is asked while the page is not looked at; it asks at once when it is again.
 */
import { useCallback, useEffect, useRef, useState } from "react"
import { Refusal } from "./ShopperApi.ts"

export interface Polled<A> {
  readonly answer: A | undefined
  /** When the answer came, by this browser's clock. */
  readonly heardAtMs: number
  /** Why there is nothing newer. */
  readonly refusal: Refusal | undefined
  /** Asks now; settles when it has been answered. */
  readonly again: () => Promise<void>
}

interface Heard<A> {
  readonly answer: A | undefined
  readonly heardAtMs: number
  readonly refusal: Refusal | undefined
}

/** `ask` must be stable; a new one starts anew. `everyMs` may depend on the answer. */
export const usePolled = <A>(ask: () => Promise<A>, everyMs: (answer: A | undefined) => number): Polled<A> => {
  const [heard, setHeard] = useState<Heard<A>>({ answer: undefined, heardAtMs: 0, refusal: undefined })
  const turn = useRef(0)
  const isAlive = useRef(true)
  const again = useCallback(async () => {
    turn.current += 1
    const mine = turn.current
    const settled = await ask().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ refusal: error instanceof Refusal ? error : new Refusal({ code: "unreadable" }) }),
    )
    // An answer that was overtaken by a later question is not news.
    if (mine !== turn.current || !isAlive.current) return
    setHeard((before) =>
      "answer" in settled
        ? { answer: settled.answer, heardAtMs: Date.now(), refusal: undefined }
        : { ...before, refusal: settled.refusal },
    )
  }, [ask])
  const waitMs = everyMs(heard.answer)
  useEffect(() => {
    isAlive.current = true
    const timer = setTimeout(
      () => {
        if (document.visibilityState === "visible") void again()
      },
      heard.heardAtMs === 0 && heard.refusal === undefined ? 0 : waitMs,
    )
    const look = (): void => {
      if (document.visibilityState === "visible") void again()
    }
    document.addEventListener("visibilitychange", look)
    return () => {
      isAlive.current = false
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", look)
    }
  }, [again, heard, waitMs])
  return { ...heard, again }
}
