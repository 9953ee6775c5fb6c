/**
 * The key a device has now, and the one it may be changing to. The next key is on the disk before the cloud hears of it, and
 * takes the place of the other only after the cloud has taken it; so wherever the power is cut, one of the two on the disk is
 * the one that the cloud knows. A change that was begun goes on with the same next key for as long as it takes: a request that
 * was given up may still arrive.
 */
import { renameSync, statSync } from "node:fs"
import path from "node:path"

import { type DeviceKey, loadDeviceKey } from "./DeviceKey.ts"
import { readOwnFile, syncFolder } from "./OwnFile.ts"

export class DeviceKeys {
  readonly #file: string
  #current: DeviceKey
  #next: DeviceKey | undefined

  /** Reads both from the file and its neighbour, or makes the first. Throws if one can not be read, written or believed. */
  constructor(file: string) {
    this.#file = file
    this.#current = loadDeviceKey(file)
    this.#next = readOwnFile(this.#nextFile) === undefined ? undefined : loadDeviceKey(this.#nextFile)
  }

  get #nextFile(): string {
    return `${this.#file}.next`
  }

  get current(): DeviceKey {
    return this.#current
  }

  /** The key of a change that was begun and of which it is not known whether the cloud has taken it. */
  get next(): DeviceKey | undefined {
    return this.#next
  }

  /** When the key was made, milliseconds UTC by the clock of this computer then. */
  get madeAtMs(): number {
    return statSync(this.#file).mtimeMs
  }

  /** The key to change to: that of a change begun before, or a new one. Durable when it returns; throws if it can not be. */
  begin(): DeviceKey {
    this.#next ??= loadDeviceKey(this.#nextFile)
    return this.#next
  }

  /** The cloud has taken the next key: it is the device's from now on. Throws if the disk takes nothing. */
  finish(): void {
    if (this.#next === undefined) return
    this.#current = this.#next
    this.#next = undefined
    renameSync(this.#nextFile, this.#file)
    syncFolder(path.dirname(this.#file))
  }
}
