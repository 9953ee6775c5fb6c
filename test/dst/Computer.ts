/**
 * A computer on which a program runs: its own clocks, its own chance, and a life that ends without a word when the power
 * goes. A life is one run of a program: Effect's scheduler and clock for it put everything into the one virtual time, and
 * drop it once the life is over; so a kill leaves nothing behind that could still act. It can be paused, as by SIGSTOP.
 */
import { Clock, Context, Duration, Effect, Exit, Fiber, Logger, Random as EffectRandom, Scheduler } from "effect"
import type { Random } from "#core/Random.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export class Computer {
  readonly name: string
  readonly time: VirtualTime
  readonly random: Random
  /** How far the wall clock is ahead of true time. */
  wallAheadMs = 0
  /** How much faster than true time the steady clock runs, in parts per million. */
  driftPpm = 0

  constructor(name: string, time: VirtualTime, random: Random) {
    this.name = name
    this.time = time
    this.random = random
  }

  /** Starts a program; `ended` is told when it ends by itself. */
  start<A, E>(
    program: (life: Life) => Effect.Effect<A, E>,
    ended: (exit: Exit.Exit<A, E>) => void,
    refs: Context.Context<never> = Context.empty(),
  ): Life {
    const life = new Life(this)
    life.context = Context.merge(life.context, refs)
    life.post(() => {
      const fiber = life.fork(program(life))
      fiber.addObserver((exit) => {
        if (life.alive) ended(exit)
      })
    })
    return life
  }
}

export class Life {
  readonly #computer: Computer
  readonly #startedMs: number
  context: Context.Context<never>
  #alive = true
  #resumeAtMs = -Infinity
  #held: Array<() => void> = []
  /** Steps left until a crash; infinite unless one is planned. */
  stepsToLive = Infinity
  onDeath: () => void = () => {}

  constructor(computer: Computer) {
    this.#computer = computer
    this.#startedMs = computer.time.nowMs
    const { random } = computer
    this.context = Context.empty().pipe(
      Context.add(Scheduler.Scheduler, this.#scheduler()),
      Context.add(Clock.Clock, this.#clock()),
      Context.add(EffectRandom.Random, {
        nextDoubleUnsafe: () => random.next(),
        nextIntUnsafe: () => random.int(0, Number.MAX_SAFE_INTEGER),
      }),
      Context.add(Logger.CurrentLoggers, new Set<Logger.Logger<unknown, unknown>>()),
    )
  }

  get alive(): boolean {
    return this.#alive
  }

  /** What its wall clock says. */
  wallMs(): number {
    return Math.floor(this.#computer.time.nowMs + this.#computer.wallAheadMs)
  }

  fork<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    return Effect.runForkWith(this.context)(effect)
  }

  /** Runs something on this computer as soon as it can; never once the life is over. */
  post(task: () => void): void {
    this.#computer.time.post(() => this.#run(task))
  }

  /** Runs something later, by the computer's steady clock. */
  after(ms: number, task: () => void): () => void {
    const trueMs = ms / (1 + this.#computer.driftPpm / 1e6)
    return this.#computer.time.after(trueMs, () => this.#run(task))
  }

  /** Ends it at once: no finalizer runs, nothing is written or said any more. */
  kill(): void {
    if (!this.#alive) return
    this.#alive = false
    this.#held = []
    this.onDeath()
  }

  /** Nothing runs until so many true milliseconds have passed; what comes meanwhile waits. */
  pause(ms: number): void {
    const { time } = this.#computer
    this.#resumeAtMs = Math.max(this.#resumeAtMs, time.nowMs + ms)
    time.at(this.#resumeAtMs, () => this.#resume())
  }

  get paused(): boolean {
    return this.#computer.time.nowMs < this.#resumeAtMs
  }

  /** True if it stood still at some time of the last so many milliseconds. */
  pausedWithin(ms: number): boolean {
    return this.#computer.time.nowMs - this.#resumeAtMs < ms
  }

  #resume(): void {
    if (this.paused) return
    const held = this.#held
    this.#held = []
    for (const task of held) this.post(task)
  }

  #run(task: () => void): void {
    if (!this.#alive) return
    if (this.paused) {
      this.#held.push(task)
      return
    }
    task()
    if (--this.stepsToLive <= 0) this.kill()
  }

  #scheduler(): Scheduler.Scheduler {
    const scheduleTask = (task: () => void) => this.post(task)
    return {
      executionMode: "async",
      shouldYield: (fiber) => fiber.currentOpCount >= 2_048,
      makeDispatcher: () => ({ scheduleTask, flush: () => {} }),
    }
  }

  #clock(): Clock.Clock {
    const computer = this.#computer
    const wallMs = () => this.wallMs()
    const monoNanos = () =>
      BigInt(Math.round((computer.time.nowMs - this.#startedMs) * (1 + computer.driftPpm / 1e6) * 1e6))
    return {
      currentTimeMillisUnsafe: wallMs,
      currentTimeMillis: Effect.sync(wallMs),
      currentTimeNanosUnsafe: () => BigInt(wallMs()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(wallMs()) * 1_000_000n),
      monotonicTimeNanosUnsafe: monoNanos,
      monotonicTimeNanos: Effect.sync(monoNanos),
      sleep: (duration) =>
        Effect.callback((resume) => {
          const ms = Math.ceil(Duration.toMillis(duration))
          if (!Number.isFinite(ms)) return
          return Effect.sync(this.after(ms, () => resume(Effect.void)))
        }),
    }
  }
}
