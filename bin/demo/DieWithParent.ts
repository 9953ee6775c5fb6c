/**
 * Loaded into each program of the demo before its own code: ends the program when the launcher is gone, however it went.
 * The channel to the launcher closes with it, even after `kill -9`. The program gets the signal it is stopped with in
 * order, and is killed if that takes too long.
 */
import { Limits } from "#core/Limits.ts"

process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM")
  setTimeout(() => process.kill(process.pid, "SIGKILL"), Limits.demoStopMs).unref()
})
// Listening must not keep a program alive that has nothing else to do.
process.channel?.unref()
