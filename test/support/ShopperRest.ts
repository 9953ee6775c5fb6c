/** A shopper by plain requests: a number proved with the code on the fake phone, and what becomes of the own rental. */
import { assert } from "vitest"
import type { MyRental } from "#core/api/ShopperRecords.ts"
import { eventually } from "./Eventually.ts"
import type { Rest } from "./Rest.ts"

type Body = Readonly<Record<string, unknown>>

export interface ShopperRest {
  /** Asks for a cart once; gives the answer, whatever it is. */
  readonly ask: () => Promise<{ readonly status: number; readonly body: Body }>
  /** Asks for a cart, again and again until there is one. */
  readonly rent: () => Promise<MyRental>
  /** The open rental, or the one that ended last. */
  readonly rental: () => Promise<MyRental | undefined>
  /** Asks until the rental is in this state. */
  readonly until: (state: string | RegExp, timeoutMs?: number) => Promise<MyRental>
}

/** Proves a number at a branch; the fake phone is read as staff who may. */
export const proveNumber = async (staff: Rest, branch: string, phone: string): Promise<ShopperRest> => {
  const call = async (method: string, path: string, token: string, body?: Body) => {
    const response = await fetch(`${staff.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }
  const asked = await call("POST", "/auth/request-otp", "", { phone, branch_id: branch })
  assert.strictEqual(asked.status, 202, JSON.stringify(asked.body))
  const code = await eventually(async () => {
    const { items } = (await staff.get<{ items: ReadonlyArray<{ text: string }> }>(`/api/simulation/sms?to=${phone}`))
      .body
    return /\d{6}/u.exec(items[0]?.text ?? "")?.[0] ?? assert.fail("no code yet")
  })
  const proved = await call("POST", "/auth/verify-otp", "", { challenge_id: asked.body["challenge_id"], code })
  const token = String(proved.body["access_token"])
  const rentalOf = ({ body }: { readonly body: Body }) => (body["rental"] as MyRental | null) ?? undefined
  const ask = () => call("POST", "/me/rental", token, { branch_id: branch })
  const rental = async () => rentalOf(await call("GET", "/me/rental", token))
  return {
    ask,
    rental,
    rent: () =>
      eventually(async () => {
        const answer = await ask()
        assert.strictEqual(answer.status, 202, JSON.stringify(answer.body))
        return rentalOf(answer) ?? assert.fail("no rental")
      }),
    until: (state, timeoutMs = 40_000) =>
      eventually(
        async () => {
          const found = await rental()
          if (typeof state === "string") assert.strictEqual(found?.state, state)
          else assert.match(found?.state ?? "", state)
          return found ?? assert.fail("no rental")
        },
        { timeoutMs, everyMs: 100 },
      ),
  }
}
