/** A QR code, drawn here: what it says is seen by nobody else. Dark on light whatever the theme, so that cameras read it. */
import { useMemo } from "react"
import { encode } from "uqr"

/** Modules of light around it, as readers want them. */
const quiet = 4

export const QrCode = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const { size, path } = useMemo(() => {
    const { data, size: side } = encode(text, { ecc: "M", border: 0 })
    const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])))
    return { size: side + 2 * quiet, path: dark.join("") }
  }, [text])
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} className="size-48 rounded-md bg-white">
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
