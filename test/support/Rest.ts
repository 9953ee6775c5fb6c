/**
 * The API as a person with curl would use it: plain requests, so that the tests check what is on the wire and not our
 * own client.
 */
import { eventually } from "./Eventually.ts"
import type { CommandView } from "#core/api/Commands.ts"
import type { Cart, Device } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"

export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly type: string
}

export interface Rest {
  readonly url: string
  /** The access token of now. */
  readonly token: string
  readonly get: <T>(path: string) => Promise<Answer<T>>
  readonly post: <T>(path: string, body: unknown) => Promise<Answer<T>>
  readonly put: <T>(path: string, body: unknown) => Promise<Answer<T>>
  readonly carts: (branch: string) => Promise<ReadonlyArray<Cart>>
  readonly devices: () => Promise<ReadonlyArray<Device>>
  readonly twin: (kind: string, id: string) => Promise<Twin>
  /** Asks for an unlock and gives the command's id. */
  readonly unlock: (cart: string, reason?: string) => Promise<string>
  /** Asks until the cart's dock is in this state. */
  readonly cartIs: (branch: string, cart: string, dock: string) => Promise<void>
  readonly command: (id: string) => Promise<CommandView>
  /** Asks until the command has reached one of these stages. */
  readonly commandAt: (id: string, stages: ReadonlyArray<string>, timeoutMs?: number) => Promise<CommandView>
}

const ask = async <T>(url: string, init: RequestInit): Promise<Answer<T>> => {
  const response = await fetch(url, init)
  const text = await response.text()
  const type = response.headers.get("content-type") ?? ""
  return { status: response.status, type, body: (type.includes("json") ? JSON.parse(text) : text) as T }
}

const renewEveryMs = (Limits.staffTokenSeconds * 1_000) / 3

/** Signs in and gives the API as that person. */
export const signIn = async (url: string, email: string, password: string): Promise<Rest> => {
  const login = async (): Promise<string> => {
    const signedIn = await ask<{ access_token: string }>(`${url}/api/staff/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    })
    if (signedIn.status === 200) return signedIn.body.access_token
    throw new Error(`sign-in answered ${signedIn.status}: ${JSON.stringify(signedIn.body)}`)
  }
  let token = await login()
  // A long run outlives its token; while the cloud is down the old one stays.
  const renewing = setInterval(
    () =>
      void login()
        .then((next) => (token = next))
        .catch(() => undefined),
    renewEveryMs,
  )
  renewing.unref()
  const headers = () => ({ authorization: `Bearer ${token}`, "content-type": "application/json" })
  const get: Rest["get"] = (path) => ask(`${url}${path}`, { headers: headers() })
  const send = <T>(method: string, path: string, body: unknown) =>
    ask<T>(`${url}${path}`, { method, headers: headers(), body: JSON.stringify(body) })
  const post: Rest["post"] = (path, body) => send("POST", path, body)
  const put: Rest["put"] = (path, body) => send("PUT", path, body)
  const carts: Rest["carts"] = async (branch) =>
    (await get<{ items: ReadonlyArray<Cart> }>(`/api/branches/${branch}/carts?limit=1000`)).body.items
  const command: Rest["command"] = async (id) => (await get<CommandView>(`/api/commands/${id}`)).body
  return {
    url,
    get token() {
      return token
    },
    get,
    post,
    put,
    carts,
    devices: async () => (await get<{ items: ReadonlyArray<Device> }>(`/api/devices?limit=1000`)).body.items,
    twin: async (kind, id) => (await get<Twin>(`/api/twins/${kind}/${id}`)).body,
    unlock: async (cart, reason = "test") => {
      const answer = await post<{ command_id: string }>(`/api/carts/${cart}/unlock`, { reason })
      if (answer.status !== 202) throw new Error(`unlock answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      return answer.body.command_id
    },
    cartIs: (branch, cart, dock) =>
      eventually(async () => {
        const found = (await carts(branch)).find(({ id }) => id === cart)
        if (found?.dock !== dock) throw new Error(`the cart is ${found?.dock ?? "nowhere"}, not ${dock}`)
      }),
    command,
    commandAt: (id, stages, timeoutMs = 20_000) =>
      eventually(
        async () => {
          const view = await command(id)
          if (!stages.includes(view.stage)) throw new Error(`command is ${view.stage} (${view.reason ?? "no reason"})`)
          return view
        },
        { timeoutMs, everyMs: 25 },
      ),
  }
}
