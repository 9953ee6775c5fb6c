/**
 * The first step of every npm script: `node bin/bootstrap.mjs <command> …`. Runs on any Node from 20 on with nothing
 * installed: installs the npm packages if they do not match package-lock.json, then runs `bin/cartwise.ts` on the
 * repository's own Node and ends with its exit code. Notes go to stderr; stdout belongs to the command.
 * It knows nothing about the commands.
 */
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const modules = path.join(root, "node_modules")
const marker = path.join(modules, ".cartwise-lock")
const installLock = path.join(root, ".cache", "install.lock")
const lockPollMs = 250
const repeatedSignalMs = 1_000
const parentPollMs = 1_000

const note = (text) => process.stderr.write(`cartwise: ${text}\n`)
const readText = (file) => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** What the installed packages must match: the lock file, on this kind of machine. */
const wantedMark = () => {
  const lock = readFileSync(path.join(root, "package-lock.json"))
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch}\n`
}

/**
 * Whether an optional package made for certain machines is made for this one. Packages without such a mark, or for one
 * C library, are npm's to decide: it rightly leaves out what only a left-out package needs.
 */
const isForHere = ({ os, cpu, libc }) =>
  Boolean(os || cpu) && (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch)) && !libc

/** npm keeps its own record of what it installed: it tells after an `npm ci` by hand, when our mark is missing. */
const npmInstalledIt = () => {
  const text = readText(path.join(modules, ".package-lock.json"))
  if (text === undefined) return false
  const installed = JSON.parse(text).packages
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === "") return true
    const found = installed[place]
    return found === undefined ? entry.optional === true && !isForHere(entry) : found.version === entry.version
  })
}

const isInstalled = () => {
  if (readText(marker) === wantedMark()) return true
  if (!npmInstalledIt()) return false
  writeFileSync(marker, wantedMark())
  return true
}

/** A Node outside node_modules, because `npm ci` deletes the one inside while it runs. */
const outsideNode = () => {
  const name = process.platform === "win32" ? "node.exe" : "node"
  const folders = (process.env.PATH ?? "").split(path.delimiter)
  const node = folders
    .map((folder) => path.join(folder, name))
    .find((file) => !file.startsWith(modules) && existsSync(file))
  return node ?? process.execPath
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

/** Takes the lock, or gives the pid of the living process that has it. A lock of a dead process is taken over. */
const tryLock = () => {
  const mine = `${installLock}.${process.pid}`
  mkdirSync(path.dirname(installLock), { recursive: true })
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, installLock)
    return undefined
  } catch (error) {
    if (error.code !== "EEXIST") throw error
    const holder = Number(readText(installLock))
    if (holder && isAlive(holder)) return holder
    renameSync(installLock, `${mine}.stale`)
    // Somebody faster may have taken the lock over already: then what was moved is theirs and goes back.
    if (Number(readText(`${mine}.stale`)) !== holder) linkSync(`${mine}.stale`, installLock)
    rmSync(`${mine}.stale`, { force: true })
    return holder || process.pid
  } finally {
    rmSync(mine, { force: true })
  }
}

const runNpmCi = () => {
  note("installing npm packages (once; about half a minute) …")
  const startedAt = Date.now()
  // npm passes its own settings down as npm_* and puts node_modules/.bin first in PATH: neither may reach this npm.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)/i.test(name)),
  )
  env.PATH = (env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(path.delimiter)
  const npmCli = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : undefined
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]
  const [command, commandArgs] = npmCli ? [outsideNode(), [npmCli, ...args]] : ["npm", args]
  // stdout of npm goes to our stderr.
  const { status, error } = spawnSync(command, commandArgs, {
    cwd: root,
    env,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32" && !npmCli,
  })
  if (status !== 0) {
    note(`npm ci failed (${error?.message ?? `exit code ${status}`}). Its message is above; nothing was started.`)
    process.exit(1)
  }
  writeFileSync(marker, wantedMark())
  note(`npm packages installed in ${Math.round((Date.now() - startedAt) / 1_000)} s`)
}

const install = async () => {
  let hasSaidSo = false
  while (!isInstalled()) {
    const holder = tryLock()
    if (holder === undefined) {
      try {
        if (!isInstalled()) runNpmCi()
      } finally {
        rmSync(installLock, { force: true })
      }
      return
    }
    if (!hasSaidSo) note(`process ${holder} is installing the npm packages, waiting for it …`)
    hasSaidSo = true
    await new Promise((resolve) => setTimeout(resolve, lockPollMs))
  }
}

/** The repository's own Node, else the running one if it is new enough to run TypeScript and Effect. */
const findNode = () => {
  const own = path.join(modules, ".bin", "node")
  if (existsSync(own) && spawnSync(own, ["--version"]).status === 0) return own
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  note(
    `on ${process.platform}-${process.arch} a Node.js of at least 22.19 is needed, this is ${process.versions.node}. ` +
      "Install Node.js 24 (https://nodejs.org, `brew install node@24`, `winget install OpenJS.NodeJS.LTS`) and run again.",
  )
  return process.exit(1)
}

/**
 * Runs the command and passes signals on, each at most once a second: npm passes on what a terminal has already given
 * to the whole process group, so a command must take a repeated signal for the same one.
 */
const run = (node, args) => {
  const program = path.join(root, "bin", "cartwise.ts")
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", program, ...args], { stdio: "inherit" })
  const lastForwardedAt = new Map()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = Date.now()
      if (now - (lastForwardedAt.get(signal) ?? 0) < repeatedSignalMs) return
      lastForwardedAt.set(signal, now)
      child.kill(signal)
    })
  }
  // A killed npm can pass nothing on: whoever is handed to another parent has lost its own.
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM")
  }, parentPollMs).unref()
  child.on("error", (error) => {
    note(`cannot run ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // End the same way, so that a shell sees what happened.
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

await install()
run(findNode(), process.argv.slice(2))
