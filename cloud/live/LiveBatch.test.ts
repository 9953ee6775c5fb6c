import { assert, describe, it } from "@effect/vitest"
import { scopeOf } from "#core/access/may.ts"
import type { LiveMessage, LiveScope, Twin } from "#core/api/Twins.ts"
import { everywhere } from "#core/access/Grants.fixture.ts"
import { BranchId, ChainId, type TwinKind } from "#core/domain/Ids.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import type { Audience } from "./LiveClient.ts"
import { LiveBatch } from "./LiveBatch.ts"

const [here, elsewhere] = [placesOf(1), placesOf(2)]
const [bay] = here.bayIds
const [cart] = here.cartIds

const twinOf = (kind: TwinKind, id: string, { chainId, branchId }: typeof here): Twin => ({
  kind,
  id,
  label: "A1",
  chain_id: ChainId.make(chainId),
  branch_id: BranchId.make(branchId),
  device_id: null,
  machine: kind,
  version: 1,
  value: null,
  context: null,
  deadlines: [],
  revision: 1,
  changed_at: "2026-11-22T10:00:00.000Z",
  fresh_at: null,
  stale: false,
  simulated: false,
  can: {},
})

const unlocked = {
  command_id: idOf(8, 1),
  stage: "sent",
  reason: null,
  at: 0,
  target: { kind: "bay", id: bay },
  cartId: cart,
  deviceId: here.deviceId,
} as const

const place = { chain_id: ChainId.make(here.chainId), branch_id: BranchId.make(here.branchId) }
const batch = new LiveBatch(
  [twinOf("bay", bay, here), twinOf("cart", cart, here), twinOf("bay", elsewhere.bayIds[0], elsewhere)],
  [
    {
      moved: unlocked,
      places: [
        { kind: "bay", id: bay, ...place },
        { kind: "cart", id: cart, ...place },
      ],
    },
  ],
  [],
  0,
)

const everything = scopeOf({ grants: [everywhere("viewer")] }, "twin.view")
const audienceOf = (scopes: ReadonlyArray<LiveScope>, access = everything): Audience => ({
  name: JSON.stringify([scopes, access]),
  scopes,
  access,
})

/** What an audience hears: ids of twins, and stages of commands. */
const heard = (audience: Audience) => {
  const deltas = batch.shareOf(audience).messages.map((frame): Extract<LiveMessage, { type: "delta" }> => {
    const text = Buffer.from(frame).toString()
    return JSON.parse(text.slice(text.indexOf("{")))
  })
  return {
    twins: deltas.flatMap(({ twins }) => twins.map(({ id }) => id)),
    stages: deltas.flatMap(({ commands }) => commands.map(({ stage }) => stage)),
  }
}

describe("what is shown at one time", () => {
  it("is chosen by place: everything, a chain, a branch, a twin, and nothing of elsewhere", () => {
    const all = [bay, cart, elsewhere.bayIds[0]]
    assert.deepStrictEqual(heard(audienceOf([{ scope: "all" }])), { twins: all, stages: ["sent"] })
    for (const scope of [
      { scope: "chain", id: here.chainId },
      { scope: "branch", id: here.branchId },
    ] as const) {
      assert.deepStrictEqual(heard(audienceOf([scope])), { twins: [bay, cart], stages: ["sent"] })
    }
    assert.deepStrictEqual(heard(audienceOf([{ scope: "twin", twin: { kind: "cart", id: cart as never } }])), {
      twins: [cart],
      stages: ["sent"],
    })
    assert.deepStrictEqual(batch.shareOf(audienceOf([{ scope: "branch", id: idOf(2, 9) }])).messages, [])
  })

  it("is told once to whom it concerns by more than one of his subscriptions", () => {
    const both = audienceOf([
      { scope: "branch", id: here.branchId },
      { scope: "twin", twin: { kind: "bay", id: bay as never } },
    ])
    assert.deepStrictEqual(heard(both), { twins: [bay, cart], stages: ["sent"] })
  })

  it("shows nobody what lies outside of his grants, whatever he subscribes to", () => {
    const chain = { all: false, chainIds: [ChainId.make(elsewhere.chainId)], branches: [] } as const
    assert.deepStrictEqual(heard(audienceOf([{ scope: "all" }], chain)), { twins: [elsewhere.bayIds[0]], stages: [] })
    assert.deepStrictEqual(batch.shareOf(audienceOf([{ scope: "branch", id: here.branchId }], chain)).messages, [])
  })

  it("is the very same bytes for all who follow the same", () => {
    const one = batch.shareOf(audienceOf([{ scope: "all" }])).messages
    assert.strictEqual(batch.shareOf(audienceOf([{ scope: "all" }])).messages, one)
  })
})
