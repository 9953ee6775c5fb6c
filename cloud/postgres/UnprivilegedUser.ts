/**
 * Postgres refuses to run as root. Started by root it runs as another user, by default `nobody` (65534), whom no
 * account has to be created for; and that user must be able to reach what it is given. Reachability is tried, not
 * computed from modes, so that ACLs and mount options count too.
 */
import { spawnSync } from "node:child_process"
import { accessSync, chownSync, constants, statSync } from "node:fs"

export interface UnprivilegedUser {
  readonly uid: number
  readonly gid: number
}

const nobody: UnprivilegedUser = { uid: 65_534, gid: 65_534 }

/**
 * The user Postgres must run as: `undefined` means "as we are".
 * An existing data folder keeps the owner it has, so that root can start what a plain user made.
 */
export const postgresUser = (existingData?: string): UnprivilegedUser | undefined => {
  if (process.getuid?.() !== 0) return undefined
  if (existingData === undefined) return nobody
  const { uid, gid } = statSync(existingData)
  return uid === 0 ? nobody : { uid, gid }
}

/** Whether that user can enter the folder. */
export const canEnter = (directory: string, user: UnprivilegedUser | undefined): boolean => {
  if (user !== undefined) {
    return spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", directory], { ...user, cwd: "/", stdio: "ignore" }).status === 0
  }
  try {
    accessSync(directory, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether that user can run the program and gets exit code 0 from it. */
export const canRun = (program: string, args: ReadonlyArray<string>, user: UnprivilegedUser | undefined): boolean =>
  spawnSync(program, args, { ...user, cwd: "/", stdio: "ignore" }).status === 0

/** Hands a file or folder to that user; nothing to do when Postgres runs as we are. */
export const giveTo = (path: string, user: UnprivilegedUser | undefined): void => {
  if (user !== undefined) chownSync(path, user.uid, user.gid)
}
