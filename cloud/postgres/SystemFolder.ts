/**
 * A place of the machine that root and an unprivileged user can both reach, for what cannot stay in a clone or a data
 * folder under a mode-700 folder. Only root needs it, and it is trusted only if root owns it and nobody else may write:
 * a name in a world-writable folder could have been planted.
 */
import { lstatSync, mkdirSync } from "node:fs"
import { canEnter, type UnprivilegedUser } from "./UnprivilegedUser.ts"

const candidates = ["/var/lib/cartwise", "/var/tmp/cartwise"]

/** The first usable folder, created if need be, or `undefined` if the machine offers none. */
export const findSystemFolder = (user: UnprivilegedUser | undefined): string | undefined =>
  candidates.find((folder) => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      const { uid, mode } = lstatSync(folder)
      const isOurs = lstatSync(folder).isDirectory() && uid === 0 && (mode & 0o022) === 0
      return isOurs && canEnter(folder, user)
    } catch {
      return false
    }
  })
