/**
 * A real Mosquitto on a free loopback port. Without it a suite cannot say that the system works with a broker that is
 * not ours, so its absence is a failure and not a skip.
 */
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { eventually } from "./Eventually.ts"
import { freePort, reachable } from "./Ports.ts"
import { type Program, startProgram } from "./Program.ts"

export interface Mosquitto {
  readonly port: number
  readonly program: Program
}

/**
 * Starts it, anonymous and without persistence, and waits until it takes connections. `wanted`: on this port; `more`: lines
 * of its configuration.
 */
export const startMosquitto = async (wanted?: number, more: ReadonlyArray<string> = []): Promise<Mosquitto> => {
  const port = wanted ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), "cartwise-mosquitto-"))
  const config = join(folder, "mosquitto.conf")
  const settings = [
    "allow_anonymous true",
    "persistence false",
    "set_tcp_nodelay true",
    ...more,
    `listener ${port} 127.0.0.1`,
  ]
  if (process.getuid?.() === 0) settings.push("user root")
  await writeFile(config, `${settings.join("\n")}\n`)
  const program = startProgram("mosquitto", "mosquitto", ["-c", config])
  await Promise.race([
    eventually(() => reachable(port), { timeoutMs: 10_000, everyMs: 25 }),
    program.ended.then((code) => {
      throw new Error(`mosquitto ended with ${String(code)}; apt-get install mosquitto?\n${program.errors()}`)
    }),
  ])
  return { port, program }
}
