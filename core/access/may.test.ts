import { assert, describe, it } from "@effect/vitest"
import { BranchId, ChainId } from "../domain/Ids.ts"
import { capabilities, holds, StaffRole, unknownColumns } from "./Capability.ts"
import { everywhere, granted } from "./Grants.fixture.ts"
import type { HeldGrant } from "./HeldGrant.ts"
import { isWithin, may, mayAnywhere, scopeOf } from "./may.ts"

const id = (n: number) => `0000000${n}-0000-4000-8000-000000000000`
const [chainA, chainB] = [ChainId.make(id(1)), ChainId.make(id(2))]
const [branchA1, branchA2, branchB1] = [BranchId.make(id(3)), BranchId.make(id(4)), BranchId.make(id(5))]
const who = (...grants: ReadonlyArray<HeldGrant>) => ({ grants })

/** Rows of domain.md §11 with the figures that matter most, written down again by hand. */
const expected: Readonly<Partial<Record<(typeof capabilities)[number], ReadonlyArray<StaffRole>>>> = {
  "chain.create": ["platform_admin"],
  "device.enrol": ["platform_admin", "support", "installer"],
  "device.configure": ["platform_admin", "support", "installer"],
  "device.reboot": ["platform_admin", "support", "installer", "chain_admin", "chain_operator", "branch_manager"],
  "bay.unlock": [
    "platform_admin",
    "support",
    "installer",
    "chain_admin",
    "chain_operator",
    "branch_manager",
    "attendant",
  ],
  "bay.unlock_all": ["platform_admin", "installer", "branch_manager"],
  "rental.phone": ["support", "chain_admin", "chain_operator", "branch_manager", "auditor"],
  "user.manage": ["platform_admin", "chain_admin"],
  "user.manage_attendants": ["branch_manager"],
  "audit.read": ["platform_admin", "chain_admin", "branch_manager", "auditor"],
}

describe("what roles hold", () => {
  for (const [capability, roles] of Object.entries(expected)) {
    it(`${capability} is held by ${roles.join(", ")} and nobody else`, () => {
      const name = capabilities.find((one) => one === capability) ?? assert.fail()
      assert.deepStrictEqual(
        StaffRole.literals.filter((role) => holds(role, name)),
        [...roles],
      )
    })
  }

  it("every column of the table is a role", () => assert.deepStrictEqual(unknownColumns, []))

  it("whoever only looks or audits moves nothing", () => {
    for (const capability of capabilities.filter((name) => /^(?:bay|cart|controller|equipment)\./u.test(name))) {
      assert.isFalse(holds("viewer", capability), capability)
      assert.isFalse(holds("auditor", capability), capability)
    }
  })

  it("a developer configures devices only where everything is simulated", () => {
    const developer = who(everywhere("developer"), granted("developer_in_lab", chainB))
    assert.isFalse(may(developer, "device.configure", { chainId: chainA, branchId: branchA1 }))
    assert.isTrue(may(developer, "device.configure", { chainId: chainB, branchId: branchB1 }))
  })
})

describe("where a grant counts", () => {
  const inA1 = { chainId: chainA, branchId: branchA1 }
  const inA2 = { chainId: chainA, branchId: branchA2 }
  const inB1 = { chainId: chainB, branchId: branchB1 }

  it("for the platform: everywhere", () => {
    const admin = who(everywhere("platform_admin"))
    for (const place of [{}, { chainId: chainA }, inA1, inB1]) assert.isTrue(may(admin, "bay.unlock", place))
  })

  it("for a chain: in it and in its branches, not on the platform, not in another chain", () => {
    const admin = who(granted("chain_admin", chainA))
    for (const place of [{ chainId: chainA }, inA1, inA2]) assert.isTrue(may(admin, "bay.unlock", place))
    for (const place of [{}, { chainId: chainB }, inB1]) assert.isFalse(may(admin, "bay.unlock", place))
  })

  it("for a branch: in it alone, not in its chain as a whole", () => {
    const manager = who(granted("branch_manager", chainA, branchA1))
    assert.isTrue(may(manager, "bay.unlock", inA1))
    for (const place of [{}, { chainId: chainA }, inA2, inB1]) assert.isFalse(may(manager, "bay.unlock", place))
  })

  it("a place that is not known is nobody's but the platform's", () => {
    const lost = { chainId: null, branchId: null }
    assert.isFalse(
      may(who(granted("chain_admin", chainA), granted("branch_manager", chainB, branchB1)), "bay.unlock", lost),
    )
    assert.isTrue(may(who(everywhere("support")), "bay.unlock", lost))
  })

  it("capabilities of one place are none of another", () => {
    const mixed = who(granted("viewer", chainA), granted("branch_manager", chainB, branchB1))
    assert.isTrue(may(mixed, "twin.view", inA1))
    assert.isFalse(may(mixed, "bay.unlock", inA1))
    assert.isTrue(may(mixed, "bay.unlock", inB1))
    assert.isTrue(mayAnywhere(mixed, "bay.unlock"))
    assert.isFalse(mayAnywhere(mixed, "chain.create"))
  })
})

describe("where somebody may do something", () => {
  it("is everywhere, or chains and the branches beside them", () => {
    assert.deepStrictEqual(scopeOf(who(everywhere("support"), granted("chain_admin", chainA)), "twin.view"), {
      all: true,
    })
    const grants = [
      granted("chain_admin", chainA),
      granted("attendant", chainA, branchA1),
      granted("attendant", chainB, branchB1),
    ]
    const scope = scopeOf(who(...grants), "twin.view")
    assert.deepStrictEqual(scope, {
      all: false,
      chainIds: [chainA],
      branches: [{ branchId: branchB1, chainId: chainB }],
    })
    assert.deepStrictEqual(scopeOf(who(...grants), "chain.edit"), { all: false, chainIds: [chainA], branches: [] })
    assert.deepStrictEqual(scopeOf(who(), "twin.view"), { all: false, chainIds: [], branches: [] })
  })

  it("agrees with what may be done, for every role, place and capability", () => {
    const places = [
      {},
      { chainId: chainA },
      { chainId: chainA, branchId: branchA1 },
      { chainId: chainB, branchId: branchB1 },
    ]
    for (const role of StaffRole.literals) {
      for (const grant of [everywhere(role), granted(role, chainA), granted(role, chainA, branchA1)]) {
        for (const capability of capabilities) {
          const scope = scopeOf(who(grant), capability)
          for (const place of places) {
            assert.strictEqual(isWithin(scope, place), may(who(grant), capability, place), `${role} ${capability}`)
          }
        }
      }
    }
  })
})
