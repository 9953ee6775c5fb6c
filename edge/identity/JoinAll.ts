/**
 * Lets every device of a config join. A start waits for the first of them and then no longer than a moment for the others:
 * one that is not let in must not keep the rest of a branch from working. It goes on trying, and is there from the next
 * start on.
 */
import { Deferred, Effect, type Scope } from "effect"

import { Limits } from "#core/Limits.ts"

import type { EdgeConfig } from "../config/EdgeConfig.ts"
import type { JoiningConfig } from "../config/JoiningConfig.ts"
import { makeCloudDoor } from "./CloudDoor.ts"
import { Enrolment, type IdentityUnusable } from "./Enrolment.ts"
import { runHeartbeats } from "./Heartbeats.ts"
import { type JoinedDevice, joinedConfig } from "./JoinedConfig.ts"

/** Gives the config of the devices that have joined; they say that they are there for as long as the scope lives. */
export const joinAll = Effect.fn("joinAll")(function* (
  config: JoiningConfig,
): Effect.fn.Return<EdgeConfig, IdentityUnusable, Scope.Scope> {
  const door = makeCloudDoor(config.cloud.url)
  const joined = new Map<number, JoinedDevice>()
  const someone = yield* Deferred.make<void>()
  const everyone = yield* Deferred.make<void>()
  let isStarted = false
  for (const [at, device] of config.devices.entries()) {
    const enrolment = yield* Enrolment.open(config.data_dir, device, door)
    const life = Effect.gen(function* () {
      const registered = yield* enrolment.joined
      if (isStarted) yield* Effect.logWarning("it has joined: it is there from the program's next start on")
      joined.set(at, { device, registered })
      yield* Deferred.succeed(someone, undefined)
      if (joined.size === config.devices.length) yield* Deferred.succeed(everyone, undefined)
      return yield* runHeartbeats(enrolment, door, registered)
    })
    yield* Effect.forkScoped(Effect.annotateLogs(life, { device: device.device_name }))
  }
  yield* Deferred.await(someone)
  yield* Effect.timeoutOption(Deferred.await(everyone), Limits.joinOthersMs)
  isStarted = true
  const inOrder = [...joined].sort(([one], [other]) => one - other).map(([, device]) => device)
  const made = joinedConfig(config, inOrder)
  return made ?? (yield* Effect.die(new Error("somebody has joined and nobody is there")))
})
