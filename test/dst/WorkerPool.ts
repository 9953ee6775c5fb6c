/** Threads that share out simulations: each runs one at a time, so as many run at once as there are threads. */
import { Worker } from "node:worker_threads"
import type { Job, JobDone } from "./Job.ts"

interface Waiting {
  readonly id: number
  readonly job: Job
  readonly done: (outcome: JobDone) => void
  readonly failed: (error: Error) => void
}

type Answer = { readonly id: number } & ({ readonly done: JobDone } | { readonly failed: string })

export class WorkerPool {
  readonly #idle: Array<Worker> = []
  readonly #workers: ReadonlyArray<Worker>
  #waiting: Array<Waiting> = []
  readonly #running = new Map<number, Waiting>()
  #jobs = 0

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, () => this.#start())
    this.#idle.push(...this.#workers)
  }

  /** Runs a job as soon as a thread is free. */
  run(job: Job): Promise<JobDone> {
    return new Promise((done, failed) => {
      this.#waiting.push({ id: this.#jobs++, job, done, failed })
      this.#next()
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #start(): Worker {
    const worker = new Worker(new URL("Worker.process.ts", import.meta.url))
    worker.on("message", (answer: Answer) => {
      const waiting = this.#running.get(answer.id)
      this.#running.delete(answer.id)
      if ("done" in answer) waiting?.done(answer.done)
      else waiting?.failed(new Error(answer.failed))
      this.#idle.push(worker)
      this.#next()
    })
    worker.on("error", (error) => {
      for (const { failed } of [...this.#running.values(), ...this.#waiting]) failed(asError(error))
    })
    return worker
  }

  #next(): void {
    const [next, ...rest] = this.#waiting
    const worker = next === undefined ? undefined : this.#idle.pop()
    if (next === undefined || worker === undefined) return
    this.#waiting = rest
    this.#running.set(next.id, next)
    worker.postMessage({ id: next.id, job: next.job })
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
