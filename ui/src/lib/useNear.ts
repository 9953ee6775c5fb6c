/**
 * Whether an element is in sight or nearly: what is far away need not be drawn, and moves unseen.
 */
import { type RefObject, useEffect, useRef, useState } from "react"

/** So far beyond the edge of the window something is drawn already, so that whoever scrolls finds it there. */
const margin = "600px 0px"

/** True while the element is near, and always if `always` says so. */
export const useNear = (always: boolean): { readonly ref: RefObject<HTMLElement | null>; readonly near: boolean } => {
  const ref = useRef<HTMLElement>(null)
  const [near, setNear] = useState(always)
  useEffect(() => {
    const element = ref.current
    if (always || element === null) return
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting === true), {
      rootMargin: margin,
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [always])
  return { ref, near: always || near }
}
