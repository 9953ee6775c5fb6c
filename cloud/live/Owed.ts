/**
 * What was committed and not yet shown to live clients. Bounded however long it cannot be shown: a twin, a device or an alarm is
 * owed once, whatever happened to it, and of the stages of commands only the newest are kept.
 */
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { keyOf } from "../registry/TwinBatch.ts"
import type { StageMoved } from "../store/CommandStages.ts"
import type { Committed } from "./Commits.ts"

export class Owed {
  readonly refs = new Map<string, TwinRef>()
  readonly devices = new Set<string>()
  readonly alarms = new Set<number>()
  commands: ReadonlyArray<StageMoved> = []

  add(committed: ReadonlyArray<Committed>): void {
    for (const { twins, devices, alarms } of committed) {
      for (const ref of twins) this.refs.set(keyOf(ref), ref)
      for (const device of devices) this.devices.add(device)
      for (const alarm of alarms) this.alarms.add(alarm)
    }
    const commands = committed.flatMap((one) => one.commands)
    this.commands = [...this.commands, ...commands].slice(-Limits.commitsWaiting)
  }

  clear(): void {
    this.refs.clear()
    this.devices.clear()
    this.alarms.clear()
    this.commands = []
  }

  isEmpty(): boolean {
    return this.refs.size + this.devices.size + this.alarms.size + this.commands.length === 0
  }
}
