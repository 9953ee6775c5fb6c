/** `cartwise demo --json` on free ports with its own data folder, as a user would start it. */
import type { DemoReady } from "#bin/demo/Demo.ts"
import { freePort } from "./Ports.ts"
import { type Program, startCartwise } from "./Program.ts"
import { temporaryFolder } from "./TemporaryFolder.ts"

export interface DemoPlace {
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
}

/** A fresh data folder and free ports. */
export const demoPlace = async (): Promise<DemoPlace> => {
  const dataDir = await temporaryFolder("demo")
  const [api, mqtt] = [await freePort(), await freePort()]
  return { dataDir, env: { CARTWISE_DATA_DIR: dataDir, API_PORT: String(api), MQTT_PORT: String(mqtt) } }
}

/** Starts it there and waits until it says that it is ready. */
export const startDemo = async (
  place: DemoPlace,
  args: ReadonlyArray<string> = ["--no-people"],
): Promise<{ readonly program: Program; readonly ready: DemoReady }> => {
  const program = startCartwise("demo", ["--json", ...args], place.env)
  return { program, ready: await program.json<DemoReady>("ready", 90_000) }
}
