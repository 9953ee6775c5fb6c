/**
 * The programs of the machine that the tests need: a broker to test against, a pty pair, a browser and a font for it.
 * As root on Debian or a relative what is missing is installed by apt; elsewhere a person is told what to install.
 * Services that packages bring are never started.
 */
import { spawnSync } from "node:child_process"
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"

interface SystemPackage {
  readonly debianName: string
  readonly purpose: string
  readonly isThere: () => boolean
}

/** The first of these programs that is installed, as a path. Looks in `sbin` too: a plain user's PATH often lacks it. */
export const findProgram = (...names: ReadonlyArray<string>): string | undefined => {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"]
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The browser of the tests: `CHROMIUM` if set, else the first one installed. */
export const findChromium = (): string | undefined =>
  process.env["CHROMIUM"] ?? findProgram("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

const hasFont = (folder: string) =>
  existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /\.(?:ttf|otf)$/.test(String(file)))

const packages: ReadonlyArray<SystemPackage> = [
  {
    debianName: "mosquitto",
    purpose: "the MQTT broker of the system tests",
    isThere: () => findProgram("mosquitto") !== undefined,
  },
  {
    debianName: "socat",
    purpose: "the serial lines of the system tests",
    isThere: () => findProgram("socat") !== undefined,
  },
  {
    debianName: "chromium",
    purpose: "the browser of the system tests (or set CHROMIUM to one)",
    isThere: () => findChromium() !== undefined,
  },
  {
    debianName: "fonts-dejavu-core",
    purpose: "text in screenshots",
    isThere: () => process.platform !== "linux" || hasFont("/usr/share/fonts"),
  },
]

const policyFile = "/usr/sbin/policy-rc.d"

/** Runs `action` while Debian's service policy forbids package scripts to start services. */
const withoutStartingServices = <A>(action: () => A): A => {
  if (existsSync(policyFile)) return action()
  writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 })
  try {
    return action()
  } finally {
    rmSync(policyFile, { force: true })
  }
}

const apt = (...args: ReadonlyArray<string>): boolean => {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const result = spawnSync("apt-get", ["-y", "-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })
  if (result.status !== 0) console.error(`${result.stdout ?? ""}${result.stderr ?? ""}`.trim())
  return result.status === 0
}

/** Installs what is missing, or says what to install. Gives whether everything is there now. */
export const ensureSystemPackages = (say: (line: string) => void): boolean => {
  const missing = packages.filter((one) => !one.isThere())
  if (missing.length === 0) return true
  const names = missing.map((one) => one.debianName)
  const install = ["install", "--no-install-recommends", ...names]
  if (process.getuid?.() !== 0 || findProgram("apt-get") === undefined) {
    for (const one of missing) say(`missing: ${one.debianName} (${one.purpose})`)
    say(`install them, on Debian or Ubuntu: sudo apt-get ${install.join(" ")}`)
    return false
  }
  say(`installing by apt: ${names.join(", ")} …`)
  if (!withoutStartingServices(() => apt("update") && apt(...install))) {
    say(`apt-get could not install them; its message is above`)
    return false
  }
  return packages.every((one) => one.isThere())
}
