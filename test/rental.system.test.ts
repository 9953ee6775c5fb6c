/**
 * A shopper's whole way against real programs and simulated boards: a code on the fake phone, a token, a cart that opens, out
 * and back; and a cart that does not open, instead of which another does.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import type { Program } from "./support/Program.ts"
import { type Rest, signIn } from "./support/Rest.ts"
import { proveNumber } from "./support/ShopperRest.ts"
import { queryOnce } from "./support/Sql.ts"

let program: Program
let ready: DemoReady
let staff: Rest
let branch = ""

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  staff = await signIn(ready.url, ready.email, ready.password)
  const [row] = await queryOnce(ready.database, "select id from branches order by id limit 1")
  branch = String(row?.["id"])
})

afterAll(async () => {
  await program?.stop("SIGINT")
})

/** The bay of the one open rental. */
const openBay = async (): Promise<string> => {
  const [row] = await queryOnce(ready.database, "select bay_id from rentals where is_open")
  return String(row?.["bay_id"])
}

const hand = async (bay: string, verb: string) =>
  assert.strictEqual((await staff.post(`/api/simulation/bays/${bay}/${verb}`, undefined)).status, 200, verb)

describe("a shopper", () => {
  it("is given a cart, takes it, and has nothing on the name once it is back", async () => {
    const shopper = await proveNumber(staff, branch, "0541112233")
    assert.deepInclude(await shopper.rent(), { open: true, picked_up_at: null })
    await shopper.until("pickup.waiting")
    const bay = await openBay()
    await hand(bay, "take")
    await shopper.until("active.inTime")
    const again = await shopper.ask()
    assert.deepInclude(again.body, { status: 409, reason: "already_renting" })
    await hand(bay, "return")
    await shopper.until("returned")
    const [cart] = await queryOnce(
      ready.database,
      `select t.value->>'custody' as custody from carts c join twins t on t.kind = 'cart' and t.id = c.id where c.bay_id = '${bay}'`,
    )
    assert.strictEqual(cart?.["custody"], "available")
  })

  it("is given another cart when the lock of the first does not move", async () => {
    const shopper = await proveNumber(staff, branch, "0541112244")
    // The one that was never lent and has the lowest number is next: its lock is stuck.
    const [next] = await queryOnce(
      ready.database,
      `select c.bay_id from carts c where c.branch_id = '${branch}' and c.bay_id is not null
       and not exists (select 1 from rentals r where r.cart_id = c.id) order by c.cart_number limit 1`,
    )
    const stuck = String(next?.["bay_id"])
    await hand(stuck, "jam")
    assert.strictEqual((await shopper.ask()).status, 202)
    assert.strictEqual(await openBay(), stuck)
    await shopper.until("pickup.waiting")
    const other = await openBay()
    assert.notStrictEqual(other, stuck)
    await hand(other, "take")
    await shopper.until("active.inTime")
    await hand(other, "return")
    await shopper.until("returned")
  })
})
