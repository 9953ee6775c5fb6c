/**
 * How the demo is called: options after the command, settings in the environment. An empty setting counts as not set. A
 * wrong one is said by its name before anything starts.
 */
import path from "node:path"
import { parseArgs } from "node:util"

export interface DemoOptions {
  /** Print one line of JSON instead of text for people. */
  readonly json: boolean
  readonly people: boolean
  /** Decides mechanics and people. */
  readonly seed: number
  /** 0 lets the system choose. */
  readonly apiPort: number
  readonly mqttPort: number
  /** Absolute. */
  readonly dataDir: string
}

export const demoHelp = `usage: npm run demo [-- options]

Runs everything on this machine: an embedded Postgres, an embedded MQTT broker, the cloud with the dashboard, and one edge
program with four simulated devices, on which simulated people take and return carts. Ctrl-C stops all of it; the data
stays, and the next start goes on with it.

  --json         print one line of JSON when ready, and nothing else on stdout
  --seed <n>     the seed of the simulation (default 1)
  --no-people    nobody comes; use \`npm run sim\` and the dashboard
  --help

settings (environment)
  API_PORT           dashboard and API, default 8000
  MQTT_PORT          broker, default 1883
  CARTWISE_DATA_DIR  database, journals, logs and the sign-in's password, default .data

Settings of a real installation (DATABASE_URL, MQTT_BROKER, REGISTRY_FILE, …) are ignored: a demo touches nothing real.`

/** The options, `"help"`, or what is wrong with them. */
export const parseDemoOptions = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>,
): DemoOptions | "help" | { readonly wrong: string } => {
  const parsed = parse(args)
  if ("wrong" in parsed) return parsed
  if (parsed.help) return "help"
  if (!/^\d{1,9}$/u.test(parsed.seed)) return { wrong: `--seed must be a whole number, not "${parsed.seed}".` }
  const apiPort = portOf("API_PORT", env, 8000)
  if (typeof apiPort === "string") return { wrong: apiPort }
  const mqttPort = portOf("MQTT_PORT", env, 1883)
  if (typeof mqttPort === "string") return { wrong: mqttPort }
  if (apiPort === mqttPort && apiPort !== 0) return { wrong: `API_PORT and MQTT_PORT are both ${apiPort}.` }
  return {
    json: parsed.json,
    people: !parsed["no-people"],
    seed: Number(parsed.seed),
    apiPort,
    mqttPort,
    dataDir: dataDirOf(env),
  }
}

/** The data folder a command works on, absolute. */
export const dataDirOf = (env: Readonly<Record<string, string | undefined>>): string =>
  path.resolve(env["CARTWISE_DATA_DIR"] || ".data")

const parse = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        "no-people": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

const portOf = (name: string, env: Readonly<Record<string, string | undefined>>, fallback: number) => {
  const text = env[name] || String(fallback)
  const port = Number(text)
  if (/^\d{1,5}$/u.test(text) && port <= 65_535) return port
  return `${name} must be a port from 0 to 65535, not "${text}".`
}
