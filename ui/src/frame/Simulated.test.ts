import { assert, describe, it } from "vitest"
import type { Branch, Device } from "#core/api/Records.ts"
import { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { simulatedIn } from "./Simulated.ts"

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const stamps = { created_at: "2026-11-22T10:00:00.000Z", updated_at: "2026-11-22T10:00:00.000Z" }

const branch = (n: number, simulated: boolean): Branch => ({
  id: BranchId.make(uuid(n)),
  chain_id: ChainId.make(uuid(9)),
  name: "",
  branch_code: "",
  address: null,
  city: null,
  latitude: null,
  longitude: null,
  timezone: "UTC",
  active: true,
  is_lending: true,
  is_returning: true,
  cart_identity: "bay_bound",
  simulated,
  version: 1,
  archived_at: null,
  ...stamps,
})

const device = (n: number, branchId: string): Device => ({
  id: DeviceId.make(uuid(n)),
  branch_id: BranchId.make(branchId),
  device_name: "",
  mac_address: "",
  serial_number: "",
  status: "online",
  stale: false,
  connection: "online",
  sync: "inSync",
  health: "ok",
  last_heartbeat: null,
  firmware_version: null,
  ip_address: null,
  simulated: false,
  ...stamps,
})

const mixed = [branch(1, true), branch(2, false)]

describe("what the ribbon says", () => {
  it("is about the place that is shown", () => {
    assert.strictEqual(simulatedIn({ branchId: uuid(1) }, mixed, []), "all")
    assert.strictEqual(simulatedIn({ branchId: uuid(2) }, mixed, []), "none")
    assert.strictEqual(simulatedIn({ deviceId: uuid(5) }, mixed, [device(5, uuid(2))]), "none")
  })

  it("is about everything where no one place is shown", () => {
    assert.strictEqual(simulatedIn({}, mixed, []), "part")
    assert.strictEqual(simulatedIn({}, [branch(1, true)], []), "all")
    assert.strictEqual(simulatedIn({}, [branch(2, false)], []), "none")
  })
})
