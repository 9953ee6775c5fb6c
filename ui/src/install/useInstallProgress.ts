/** The walk of a branch, kept in this browser: as it is, and how to take it on. */
import { Option, Schema } from "effect"
import { useCallback, useState } from "react"
import { forget, keep, recall } from "../lib/Kept.ts"
import { InstallProgress } from "./InstallProgress.ts"

const read = Schema.decodeUnknownOption(Schema.fromJsonString(InstallProgress))

export interface Walk {
  readonly progress: InstallProgress
  readonly change: (change: (progress: InstallProgress) => InstallProgress) => void
  /** Forgets everything: a new walk begins. */
  readonly startOver: () => void
}

export const useInstallProgress = (branchId: string): Walk => {
  const name = `install.${branchId}`
  const [progress, setProgress] = useState<InstallProgress>(() => Option.getOrElse(read(recall(name)), () => ({})))
  const change = useCallback(
    (change: (progress: InstallProgress) => InstallProgress) =>
      setProgress((before) => {
        const next = change(before)
        if (next !== before) keep(name, JSON.stringify(next))
        return next
      }),
    [name],
  )
  const startOver = useCallback(() => {
    forget(name)
    setProgress({})
  }, [name])
  return { progress, change, startOver }
}
