/**
 * A stranger's first minutes: a fresh clone in a folder that nobody else may enter, the machine's own old Node, one
 * command; then the worst way to stop, and the same command again. As root and as a plain user.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, describe, it } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import { freePort } from "./support/Ports.ts"
import { type Program, startProgram } from "./support/Program.ts"
import { signIn } from "./support/Rest.ts"

const repository = join(import.meta.dirname, "..")
/** What a machine without this repository has: its own Node, not the one that npm put in front of the path. */
const machinePath = (process.env["PATH"] ?? "")
  .split(":")
  .filter((folder) => !folder.includes("node_modules"))
  .join(":")

const nobody = 65_534
const folders: Array<string> = []
const programs: Array<Program> = []

afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop("SIGINT")
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const clone = (owner: number): { readonly home: string; readonly folder: string } => {
  const home = mkdtempSync(join(tmpdir(), "cartwise-clone-"))
  folders.push(home)
  chmodSync(home, 0o700)
  const folder = join(home, "cartwise")
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", repository, folder])
  if (owner !== process.getuid?.()) {
    execFileSync("chown", ["-R", `${owner}:${owner}`, home])
    chownSync(home, owner, owner)
  }
  return { home, folder }
}

const commandLineOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8")
  } catch {
    return ""
  }
}

/** Every process of the clone: those that name its folder, and the database servers they own wherever those lie. */
const processesOf = (folder: string): ReadonlyArray<number> => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
    .map(Number)
  const own = new Set(all.filter((pid) => commandLineOf(pid).includes(folder)))
  const isOwned = (pid: number) => own.has(Number(/cartwise\.owner=(\d+)/u.exec(commandLineOf(pid))?.[1]))
  return [...own, ...all.filter(isOwned)]
}

const story = async (owner: number) => {
  const { home, folder } = clone(owner)
  const asOwner =
    owner === process.getuid?.() ? [] : ["setpriv", `--reuid=${owner}`, `--regid=${owner}`, "--clear-groups"]
  const env = {
    PATH: machinePath,
    HOME: home,
    API_PORT: String(await freePort()),
    MQTT_PORT: String(await freePort()),
    CARTWISE_DATA_DIR: "",
    npm_config_cache: join(home, ".npm"),
  }
  const start = async () => {
    const command = [...asOwner, "npm", "run", "--silent", "demo", "--", "--json", "--no-people"]
    const program = startProgram("npm run demo", command[0] ?? "npm", command.slice(1), { env, cwd: folder })
    programs.push(program)
    return { program, ready: await program.json<DemoReady>("ready", 300_000) }
  }
  const unlockOne = async (ready: DemoReady) => {
    const rest = await signIn(ready.url, ready.email, ready.password)
    const branches = (await rest.get<{ items: ReadonlyArray<{ id: string }> }>("/api/branches")).body.items
    const carts = (await Promise.all(branches.map(({ id }) => rest.carts(id)))).flat()
    const cart = carts.find(({ status, stale }) => status === "available" && !stale)
    assert.isDefined(cart)
    const id = await rest.unlock(cart.id)
    await rest.commandAt(id, ["confirmed"])
    return { id, rest }
  }

  const first = await start()
  const { id } = await unlockOne(first.ready)
  const killed = processesOf(folder)
  assert.isTrue(
    killed.some((pid) => commandLineOf(pid).includes("cartwise.owner=")),
    "its Postgres is among them",
  )
  for (const pid of killed) process.kill(pid, "SIGKILL")
  await first.program.stop("SIGKILL")

  const second = await start()
  const { rest } = await unlockOne(second.ready)
  assert.strictEqual((await rest.command(id)).stage, "confirmed", "the first unlock is still on record")
  const before = processesOf(folder)
  await second.program.stop("SIGINT")
  assert.isNotEmpty(before)
  const left = processesOf(folder).filter((pid) => existsSync(`/proc/${pid}`))
  assert.deepEqual(left, [], "nothing of the demo is left running")
}

describe("a fresh clone in a folder of mode 700", () => {
  it("runs the demo, unlocks, survives kill -9 and runs again, as this user", async () => {
    await story(process.getuid?.() ?? 0)
  })

  it.runIf(process.getuid?.() === 0)("does the same as a plain user", async () => {
    await story(nobody)
  })
})
