import { assert, describe, it } from "vitest"
import { Schema } from "effect"
import { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { JoiningConfig, repeatedMacs } from "#edge/config/JoiningConfig.ts"
import { demoEdgeConfig } from "./DemoEdgeConfig.ts"
import { demoRegistry } from "./DemoRegistry.ts"

const decode = Schema.decodeUnknownSync(RegistryDocument)
const registry = demoRegistry("a password")
const branches = registry.chains.flatMap((chain) => chain.branches)
const devices = branches.flatMap((branch) => branch.devices)
const controllers = devices.flatMap((device) => device.controllers)
const bays = controllers.flatMap((controller) => controller.bays)

describe("the demo's registry", () => {
  it("is a registry document with 2 chains, 3 branches, 4 devices, 6 boards, 96 bays and 84 carts", () => {
    decode(registry)
    const carts = bays.filter((bay) => bay.cart !== null)
    assert.deepStrictEqual(
      [registry.chains, branches, devices, controllers, bays, carts].map((list) => list.length),
      [2, 3, 4, 6, 96, 84],
    )
    assert.isTrue(registry.chains.every((chain) => chain.simulated))
  })

  it("is the same at every start, ids included", () => {
    assert.deepStrictEqual(demoRegistry("a password"), registry)
    assert.strictEqual(branches[0]?.id, "b02e7f56-7054-5eb3-97db-f4ed7f1cd6e7")
  })

  it("gives an edge configuration that the edge accepts", () => {
    const config = Schema.decodeUnknownSync(JoiningConfig)(
      demoEdgeConfig(registry, {
        apiPort: 8000,
        mqttPort: 1883,
        dataDir: "/tmp/edge",
        controlPort: 0,
        seed: 1,
        claimOf: () => "0".repeat(20),
      }),
    )
    assert.isEmpty(repeatedMacs(config))
    assert.lengthOf(config.devices, 4)
  })
})

describe("a registry document", () => {
  const [first, ...rest] = registry.chains
  const refuses = (document: unknown, what: RegExp) => assert.throws(() => decode(document), what)

  it("is refused when an id, a slug or an e-mail address stands in it twice", () => {
    refuses({ ...registry, chains: [first, first] }, /given twice/u)
    refuses({ ...registry, chains: [first, ...rest.map((chain) => ({ ...chain, slug: first?.slug }))] }, /slug/u)
    refuses({ ...registry, users: [...registry.users, { ...registry.users[0], id: bays[0]?.id }] }, /e-mail/u)
  })

  it("is refused when two bays of a branch have one label, or two bays of a board one lock", () => {
    const changed = (change: (bay: (typeof bays)[number]) => object) => {
      const text = JSON.stringify(registry, (key, value: unknown) =>
        key === "bays" ? (value as typeof bays).map((bay) => ({ ...bay, ...change(bay) })) : value,
      )
      return JSON.parse(text) as unknown
    }
    refuses(
      changed((bay) => (bay.label === "A2" ? { label: "A1" } : {})),
      /the label A1/u,
    )
    refuses(
      changed((bay) => (bay.label === "A2" ? { lock_index: 0 } : {})),
      /the lock index 0/u,
    )
  })

  it("is refused when a user has neither a password nor a hash, or both", () => {
    const [user] = registry.users
    const { password: _, ...bare } = user ?? {}
    refuses({ ...registry, users: [bare] }, /password/u)
    refuses({ ...registry, users: [{ ...user, password_hash: "x" }] }, /password/u)
  })
})
