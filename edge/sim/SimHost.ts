/**
 * The simulated world of this program: boards made of software behind links with the timing of a real line. Each simulated
 * bus can also be shown as a tty, where any CU16 program may talk to the same boards.
 *
 * What the boards and bays do is `twins/world`; this only connects it.
 */
import { Clock, Effect, Queue, type Scope } from "effect"

import { Parser } from "#core/cu16/Parser.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"
import { makeWorld, type World } from "#twins/world/World.ts"
import type { BusPlan } from "#twins/world/WorldPlan.ts"

import type { DeviceConfig, EdgeConfig } from "../config/EdgeConfig.ts"
import { type Indicator, logIndicator, type Sign } from "../indicator/Indicator.ts"
import { openPty } from "../link/Pty.ts"
import { makeSimulatedLink, type SimulatedLink } from "../link/SimulatedLink.ts"

/** A simulated bus that is shown as a tty. */
export interface ShownBus {
  readonly device: string
  readonly path: string
}

/** A sign as long as it is up. */
export interface ShownSign extends Omit<Sign, "forMs"> {
  /** By the clock of the world. */
  readonly untilMs: number
}

export interface SimHost {
  readonly world: World
  /** The link to a device's simulated bus. */
  readonly linkOf: (device: DeviceConfig, busIndex: number) => SimulatedLink
  readonly shown: ReadonlyArray<ShownBus>
  /** The lights and screens of the simulated devices. */
  readonly indicator: Indicator
  /** What those show now. */
  readonly signs: () => ReadonlyArray<ShownSign>
  /** The clock of the world: steady milliseconds. */
  readonly nowMs: () => number
}

/** Makes the world of the config's simulated buses; it lives as long as the scope. */
export const startSimHost = Effect.fn("startSimHost")(function* (
  config: EdgeConfig,
  options: { readonly seed: number; readonly ttys: boolean },
): Effect.fn.Return<SimHost, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const nowMs = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const plans = config.devices.flatMap(simulatedBusesOf)
  const world = makeWorld({ seed: options.seed, buses: plans.map(({ plan }) => plan) })
  const links = new Map(
    plans.map(({ plan }) => [
      plan.device,
      makeSimulatedLink(`simulated bus ${plan.device}`, {
        receive: (bytes) => world.receive(plan.device, bytes, nowMs()),
      }),
    ]),
  )
  const linkOf = (device: DeviceConfig, busIndex: number): SimulatedLink => {
    const link = links.get(busName(device, busIndex))
    if (link === undefined) throw new RangeError(`bus ${busIndex} of device ${device.id} is not simulated`)
    return link
  }
  const shown: Array<ShownBus> = []
  if (options.ttys) {
    for (const { plan, device } of plans) {
      const path = yield* showAsTty(plan.device, world, nowMs)
      if (path !== undefined) shown.push({ device: device.id, path })
    }
  }
  return { world, linkOf, shown, nowMs, ...showSigns(nowMs) }
})

/** Remembers the newest signs for as long as each is up. */
const showSigns = (nowMs: () => number) => {
  let up: ReadonlyArray<ShownSign> = []
  const signs = () => (up = up.filter(({ untilMs }) => nowMs() < untilMs))
  const indicator: Indicator = {
    show: (sign) =>
      Effect.suspend(() => {
        const { forMs, ...shown } = sign
        up = [...signs(), { ...shown, untilMs: nowMs() + forMs }].slice(-Limits.signsShown)
        return logIndicator.show(sign)
      }),
  }
  return { indicator, signs }
}

/** Opens a tty on which the bus answers; undefined, and said, if this machine gives none. */
const showAsTty = Effect.fnUntraced(function* (
  bus: string,
  world: World,
  nowMs: () => number,
): Effect.fn.Return<string | undefined, never, Scope.Scope> {
  // Only whole frames reach the world, so that two masters on one simulated bus never mix their bytes.
  const parser = new Parser()
  const frames = yield* Queue.unbounded<Uint8Array>()
  const hear = (bytes: Uint8Array) => {
    for (const event of parser.push(bytes)) if (event._tag === "Frame") Queue.offerUnsafe(frames, event.bytes)
  }
  const opened = yield* Effect.result(openPty(hear))
  if (opened._tag === "Failure") {
    yield* Effect.logWarning(`the simulated bus ${bus} is not shown as a tty: ${opened.failure.message}`)
    return undefined
  }
  const pty = opened.success
  const answer = Effect.gen(function* () {
    const bytes = yield* Queue.take(frames)
    yield* Effect.sleep(wireMs(bytes.length))
    for (const reply of world.receive(bus, bytes, nowMs())) {
      yield* Effect.sleep(reply.afterMs + wireMs(reply.bytes.length))
      pty.write(reply.bytes)
    }
  })
  yield* Effect.forkScoped(Effect.forever(answer))
  return pty.path
})

const busName = (device: DeviceConfig, busIndex: number): string =>
  busIndex === 0 ? device.id : `${device.id}/${busIndex}`

const simulatedBusesOf = (
  device: DeviceConfig,
): ReadonlyArray<{ readonly plan: BusPlan; readonly device: DeviceConfig }> =>
  device.buses.flatMap((bus, index) => {
    if (bus.link.kind !== "simulated") return []
    const boards = bus.controllers.map((controller) => ({
      address: controller.address,
      hookClosedBit: controller.hook_closed_bit,
      presentBit: controller.presence_bit,
      bays: controller.bays.map((bay) => ({
        id: bay.id,
        lockIndex: bay.lock_index,
        label: bay.label,
        cart: bay.cart_id,
      })),
    }))
    return [{ device, plan: { device: busName(device, index), branch: device.branch_code, boards } }]
  })
