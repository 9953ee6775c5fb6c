/**
 * A device that can be started anew while the program and its other devices run on: everything of it is ended in order
 * (ports, connection, journal) and begun again from its disk, as after a start of the program: a new session, and nothing
 * that was under way is tried again. If its data can not be opened then, it is tried until it can.
 */
import { Effect, Exit, Queue, Schedule, Scope } from "effect"

import { Limits } from "#core/Limits.ts"

import type { DeviceConfig } from "./config/EdgeConfig.ts"
import { type DevicePorts, type DeviceProgram, startDevice } from "./DeviceProgram.ts"
import type { DiskError } from "./journal/Disk.ts"

/** Starts a device and gives how to look at its present life; it runs as long as the scope does. */
export const keepDevice = Effect.fnUntraced(function* (
  device: DeviceConfig,
  ports: Omit<DevicePorts, "reboot">,
): Effect.fn.Return<() => DeviceProgram, DiskError, Scope.Scope> {
  const wanted = yield* Queue.sliding<void>(1)
  const reboot = Effect.asVoid(Queue.offer(wanted, undefined))
  const begin = Effect.gen(function* () {
    const scope = yield* Scope.make()
    const program = yield* startDevice(device, { ...ports, reboot }).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
    )
    return { program, scope }
  })
  let life = yield* begin
  yield* Effect.addFinalizer((exit) => Effect.suspend(() => Scope.close(life.scope, exit)))
  const again = begin.pipe(
    Effect.tapError((error) => Effect.logError(`the device can not start anew yet: ${error.message}`)),
    Effect.retry(Schedule.spaced(Limits.deviceRestartRetryMs)),
  )
  const renew = Effect.gen(function* () {
    yield* Queue.take(wanted)
    yield* Effect.logWarning("the device is started anew, because somebody asked for it")
    yield* Scope.close(life.scope, Exit.void)
    life = yield* again
  })
  yield* Effect.forkScoped(Effect.annotateLogs(Effect.forever(renew), { device: device.id }))
  return () => life.program
})
