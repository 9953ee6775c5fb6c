import { assert, describe, it } from "vitest"
import type { Twin } from "#core/api/Twins.ts"
import { BranchId, ChainId, DeviceId, type TwinKind } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { layersOf } from "./layers.ts"

const id = "00000001-0000-4000-8000-000000000000"
const nowMs = Date.parse("2026-05-05T12:00:00.000Z")
const ago = (ms: number) => new Date(nowMs - ms).toISOString()

const twin = (kind: TwinKind, value: Twin["value"], freshAt: string | null): Twin => ({
  kind,
  id,
  label: "",
  chain_id: ChainId.make(id),
  branch_id: BranchId.make(id),
  device_id: DeviceId.make(id),
  machine: kind,
  version: 1,
  value,
  context: {},
  deadlines: [],
  revision: 1,
  changed_at: ago(60_000),
  fresh_at: freshAt,
  stale: false,
  simulated: true,
  can: {},
})
const board = (link: string) => twin("controller", { link }, ago(500))
const bay = (sensor = "trusted", freshMs = 500) => twin("bay", { latch: "secured", sensor }, ago(freshMs))
const online = { connection: "online", health: "ok", last_heartbeat: ago(5_000) }
const fine = {
  device: online,
  twin: undefined,
  boards: [board("polling"), board("slow")],
  bays: [bay(), bay()],
  nowMs,
}
const states = (known: Parameters<typeof layersOf>[0]) =>
  Object.fromEntries(layersOf(known).map(({ name, state }) => [name, state]))

describe("a device layer by layer", () => {
  it("works from top to bottom, with the freshest word of a bay", () => {
    assert.deepStrictEqual([...new Set(Object.values(states(fine)))], ["works"])
    assert.strictEqual(layersOf(fine).find(({ name }) => name === "bays")?.at, ago(500))
  })

  it("names the layer that is dead, and says of those below that nobody can know", () => {
    const [works, dead, hidden] = ["works", "dead", "hidden"] as const
    const away = { ...fine, device: { ...online, connection: "offline" } }
    assert.deepStrictEqual(states(away), {
      broker: dead,
      agent: hidden,
      bus: hidden,
      boards: hidden,
      bays: hidden,
      sensors: hidden,
    })
    const silent = { ...fine, device: { ...online, last_heartbeat: ago(600_000) }, boards: [], bays: [] }
    assert.deepInclude(states(silent), { broker: works, agent: dead, bus: hidden })
    const noPort = { ...fine, boards: [board("busDown"), board("busDown")] }
    assert.deepInclude(states(noPort), { agent: works, bus: dead, boards: hidden, bays: hidden })
    const noPower = { ...fine, boards: [board("silent"), board("garbled")] }
    assert.deepInclude(states(noPower), { bus: works, boards: dead, bays: hidden })
  })

  it("counts what works where only some does", () => {
    const some = layersOf({
      ...fine,
      boards: [board("polling"), board("silent")],
      bays: [bay("suspect"), bay(), bay("trusted", Limits.twinStaleAfterMs + 1)],
    })
    const of = (name: string) => some.find((layer) => layer.name === name)
    assert.deepInclude(of("bus"), { state: "works" })
    assert.deepInclude(of("boards"), { state: "troubled", working: 1, all: 2 })
    assert.deepInclude(of("bays"), { state: "troubled", working: 2, all: 3 })
    assert.deepInclude(of("sensors"), { state: "troubled", working: 2, all: 3 })
  })

  it("takes a line that was just lost, and a device that is not well, for trouble and not for the end", () => {
    assert.deepInclude(states({ ...fine, device: { ...online, connection: "lost" } }), {
      broker: "troubled",
      agent: "works",
    })
    assert.deepInclude(states({ ...fine, device: { ...online, health: "degraded" } }), {
      agent: "troubled",
      bus: "works",
    })
  })

  it("knows nothing yet of a device that was never there", () => {
    const never = { connection: "enrolled", health: "unknown", last_heartbeat: null }
    assert.deepInclude(states({ device: never, twin: undefined, boards: [], bays: [], nowMs }), {
      broker: "waiting",
      agent: "dead",
    })
  })
})
