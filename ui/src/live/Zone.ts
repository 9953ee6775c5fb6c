/**
 * The time zone of the place that is shown; the browser's own where no place is.
 */
import { createContext, useContext } from "react"

export const ZoneContext = createContext<string | undefined>(undefined)
export const useZone = (): string | undefined => useContext(ZoneContext)
