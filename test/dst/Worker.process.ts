/** A thread that runs simulations, one after the other, as it is asked to. */
import { parentPort } from "node:worker_threads"
import { type Job, runJob } from "./Job.ts"

parentPort?.on("message", ({ id, job }: { readonly id: number; readonly job: Job }) => {
  try {
    parentPort?.postMessage({ id, done: runJob(job) })
  } catch (error) {
    parentPort?.postMessage({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
