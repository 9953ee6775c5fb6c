/**
 * The disk of a simulated device: it takes its time, can be full, and when the power goes keeps what was synced and, of
 * what was only written, any number of bytes: a torn tail. The same promises as `openDisk`, shown by one contract.
 */
import { Effect } from "effect"
import type { Random } from "#core/Random.ts"
import { type AppendFile, type Disk, DiskError } from "#edge/journal/Disk.ts"

export interface SimDisk extends Disk {
  /** From now on nothing can be written; `undefined` heals it. */
  readonly fail: (message: string | undefined) => void
  /**
   * What lies on the platter afterwards: all that was written, or, if the power is cut, what was synced and of the rest as
   * much as chance will have.
   */
  readonly cut: (chance: Random | undefined) => ReadonlyMap<string, Uint8Array>
  /** Told what has become durable in a file, in order. */
  onDurable: (name: string, bytes: Uint8Array, fresh: boolean) => void
}

/** A file that grows in place: most writes copy only themselves. */
class FileState {
  #buffer: Uint8Array
  #length: number
  durable: number

  constructor(bytes: Uint8Array) {
    this.#buffer = Uint8Array.from(bytes)
    this.#length = bytes.length
    this.durable = bytes.length
  }

  get length(): number {
    return this.#length
  }

  bytes(from = 0, until = this.#length): Uint8Array {
    return this.#buffer.slice(from, until)
  }

  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length))
      larger.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  cut(length: number): void {
    this.#length = Math.min(this.#length, length)
    this.durable = this.#length
  }
}

export const makeSimDisk = (files: ReadonlyMap<string, Uint8Array>, pauseMs: () => number): SimDisk => {
  const state = new Map([...files].map(([name, bytes]) => [name, new FileState(bytes)]))
  let failure: string | undefined
  const refused = () => Effect.fail(new DiskError({ message: failure ?? "" }))
  const wait = Effect.suspend(() => {
    const ms = pauseMs()
    return ms <= 0 ? Effect.void : Effect.sleep(ms)
  })
  const change = <A>(run: () => A): Effect.Effect<A, DiskError> =>
    Effect.andThen(
      wait,
      Effect.suspend((): Effect.Effect<A, DiskError> => (failure === undefined ? Effect.sync(run) : refused())),
    )
  const missing = (name: string) => new DiskError({ message: `no file ${name}` })
  const disk: SimDisk = {
    onDurable: () => {},
    fail: (message) => void (failure = message),
    list: Effect.sync(() => [...state.keys()]),
    read: (name) =>
      Effect.suspend(() => {
        const file = state.get(name)
        return file === undefined ? Effect.fail(missing(name)) : Effect.succeed(file.bytes())
      }),
    size: (name) =>
      Effect.suspend(() => {
        const file = state.get(name)
        return file === undefined ? Effect.fail(missing(name)) : Effect.succeed(file.length)
      }),
    truncate: (name, bytes) =>
      Effect.suspend(() => {
        const file = state.get(name)
        if (file === undefined) return Effect.fail(missing(name))
        return change(() => file.cut(bytes))
      }),
    append: (name) =>
      change(() => {
        const file = state.get(name) ?? new FileState(new Uint8Array())
        state.set(name, file)
        return appendTo(name, file)
      }),
    replace: (name, bytes) =>
      change(() => {
        state.set(name, new FileState(bytes))
        disk.onDurable(name, bytes, true)
      }),
    remove: (name) => change(() => void state.delete(name)),
    cut: (chance) =>
      new Map(
        [...state].map(([name, file]) => [
          name,
          file.bytes(0, chance === undefined ? file.length : chance.int(file.durable, file.length + 1)),
        ]),
      ),
  }
  const appendTo = (name: string, file: FileState): AppendFile => ({
    write: (bytes) =>
      Effect.suspend(() => {
        // One that fails leaves what it had got done by then.
        file.add(failure === undefined ? bytes : bytes.subarray(0, bytes.length >> 1))
        return failure === undefined ? Effect.void : refused()
      }),
    sync: change(() => {
      const fresh = file.bytes(file.durable)
      file.durable = file.length
      disk.onDurable(name, fresh, false)
    }),
    close: Effect.void,
  })
  return disk
}
