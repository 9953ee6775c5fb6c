import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, assert, beforeAll, describe, it } from "vitest"

const root = path.join(import.meta.dirname, "..", "..")
let folder = ""
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "edge-command-"))))
afterAll(() => rmSync(folder, { recursive: true }))

interface Running {
  readonly ready: Promise<string>
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
  readonly signal: (signal: "SIGTERM" | "SIGKILL") => void
}

const start = (args: ReadonlyArray<string>): Running => {
  const child = spawn(process.execPath, ["bin/cartwise.ts", "edge", ...args], { cwd: root })
  let stderr = ""
  child.stderr.on("data", (chunk) => void (stderr += String(chunk)))
  const ended = new Promise<{ readonly code: number | null; readonly stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stderr }))
  })
  const ready = new Promise<string>((resolve) => child.stdout.once("data", (chunk) => resolve(String(chunk))))
  return { ready, ended, signal: (signal) => void child.kill(signal) }
}

/** The example with its data in `folder`, and a broker and a serial port that are not there. */
const writeConfig = (name: string, text: (example: string) => string = (example) => example): string => {
  const example = readFileSync(path.join(root, "config.example.json"), "utf8")
  const file = path.join(folder, name)
  writeFileSync(
    file,
    text(example.replace(".data/edge", path.join(folder, "data")).replace('"port": 1883', '"port": 1')),
  )
  return file
}

describe("cartwise edge", () => {
  it("ends with code 2 and names the place when the config is wrong", async () => {
    const file = writeConfig("wrong.json", (example) => example.replace('"address": 0', '"address": 12'))
    const { code, stderr } = await start(["--config", file]).ended
    assert.strictEqual(code, 2)
    assert.include(stderr, "devices[0].buses[0].controllers[0].address")
  })

  it("ends with code 2 when no config is named", async () => {
    const { code, stderr } = await start([]).ended
    assert.strictEqual(code, 2)
    assert.include(stderr, "--config <file> is missing")
  })

  it("runs without broker and without its port, refuses a second edge on its data, and stops when told", async () => {
    const file = writeConfig("edge.json")
    const edge = start(["--config", file])
    const ready: unknown = JSON.parse(await edge.ready)
    assert.propertyVal(ready, "edge", "ready")
    const second = await start(["--config", file]).ended
    assert.strictEqual(second.code, 1)
    assert.include(second.stderr, "Another edge program works on")
    edge.signal("SIGTERM")
    const { code, stderr } = await edge.ended
    assert.strictEqual(code, 0)
    assert.strictEqual(stderr.split("There is no serial port").length - 1, 1)
  })

  it("starts again after it was killed", async () => {
    const file = writeConfig("edge.json")
    const killed = start(["--config", file])
    await killed.ready
    killed.signal("SIGKILL")
    await killed.ended
    const again = start(["--config", file])
    await again.ready
    again.signal("SIGTERM")
    assert.strictEqual((await again.ended).code, 0)
  })
})
