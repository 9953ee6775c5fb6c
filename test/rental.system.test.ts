/**
 * A shopper's whole way against real programs and simulated boards: a code on the fake phone, a token, a cart that opens, out
 * and back; and a cart that does not open, instead of which another does.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import { eventually } from "./support/Eventually.ts"
import type { Program } from "./support/Program.ts"
import { queryOnce } from "./support/Sql.ts"

let program: Program
let ready: DemoReady
let staff = ""
let branch = ""

type Body = Readonly<Record<string, unknown>>

const call = async (method: string, path: string, token: string, body?: Body) => {
  const response = await fetch(`${ready.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  const { email, password } = ready
  staff = String((await call("POST", "/staff/login", "", { email, password })).body["access_token"])
  const [row] = await queryOnce(ready.database, "select id from branches order by id limit 1")
  branch = String(row?.["id"])
})

afterAll(async () => {
  await program?.stop("SIGINT")
})

/** A shopper's token, had as a shopper has it. */
const proved = async (phone: string): Promise<string> => {
  const asked = await call("POST", "/auth/request-otp", "", { phone, branch_id: branch })
  assert.strictEqual(asked.status, 202)
  const code = await eventually(async () => {
    const { body } = await call("GET", `/simulation/sms?to=${phone}`, staff)
    const [, found] = /(\d{6})/u.exec(JSON.stringify(Object(body["items"])[0]?.text ?? "")) ?? []
    return found ?? assert.fail("no code yet")
  })
  const { body } = await call("POST", "/auth/verify-otp", "", { challenge_id: asked.body["challenge_id"], code })
  return String(body["access_token"])
}

const stateOf = async (token: string): Promise<string> =>
  Object((await call("GET", "/me/rental", token)).body["rental"]).state

const until = (token: string, state: string) =>
  eventually(async () => assert.strictEqual(await stateOf(token), state), { timeoutMs: 30_000 })

/** The bay of the one open rental. */
const openBay = async (): Promise<string> => {
  const [row] = await queryOnce(ready.database, "select bay_id from rentals where is_open")
  return String(row?.["bay_id"])
}

const hand = async (bay: string, verb: string) =>
  assert.strictEqual((await call("POST", `/simulation/bays/${bay}/${verb}`, staff)).status, 200, verb)

describe("a shopper", () => {
  it("is given a cart, takes it, and has nothing on the name once it is back", async () => {
    const token = await proved("0541112233")
    const begun = await eventually(async () => {
      const answer = await call("POST", "/me/rental", token, { branch_id: branch })
      assert.strictEqual(answer.status, 202, JSON.stringify(answer.body))
      return answer
    })
    assert.deepInclude(Object(begun.body["rental"]), { open: true, picked_up_at: null })
    await until(token, "pickup.waiting")
    const bay = await openBay()
    await hand(bay, "take")
    await until(token, "active.inTime")
    const again = await call("POST", "/me/rental", token, { branch_id: branch })
    assert.deepInclude(again.body, { status: 409, reason: "already_renting" })
    await hand(bay, "return")
    await until(token, "returned")
    const [cart] = await queryOnce(
      ready.database,
      `select t.value->>'custody' as custody from carts c join twins t on t.kind = 'cart' and t.id = c.id where c.bay_id = '${bay}'`,
    )
    assert.strictEqual(cart?.["custody"], "available")
  })

  it("is given another cart when the lock of the first does not move", async () => {
    const token = await proved("0541112244")
    // The one that was never lent and has the lowest number is next: its lock is stuck.
    const [next] = await queryOnce(
      ready.database,
      `select c.bay_id from carts c where c.branch_id = '${branch}' and c.bay_id is not null
       and not exists (select 1 from rentals r where r.cart_id = c.id) order by c.cart_number limit 1`,
    )
    const stuck = String(next?.["bay_id"])
    await hand(stuck, "jam")
    assert.strictEqual((await call("POST", "/me/rental", token, { branch_id: branch })).status, 202)
    assert.strictEqual(await openBay(), stuck)
    await until(token, "pickup.waiting")
    const other = await openBay()
    assert.notStrictEqual(other, stuck)
    await hand(other, "take")
    await until(token, "active.inTime")
    await hand(other, "return")
    await until(token, "returned")
  })
})
