import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WebSocket } from "ws"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { tokenOf } from "../http/Http.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { signIns } from "../SmallRegistry.fixture.ts"
import { closeCodes } from "./LiveClient.ts"

/** What a connection that says these things, one after the other, hears until it is closed or says no more. */
const conversation = Effect.fnUntraced(function* (sayings: ReadonlyArray<string>) {
  const { url } = yield* HttpServer
  const token = yield* tokenOf(signIns.viewer)
  return yield* Effect.promise(
    () =>
      new Promise<{ readonly code: number; readonly errors: ReadonlyArray<string> }>((resolve, reject) => {
        const socket = new WebSocket(`${url.replace("http", "ws")}/api/live`)
        const errors: Array<string> = []
        socket.on("error", reject)
        socket.on("close", (code) => resolve({ code, errors }))
        socket.on("open", () => socket.send(JSON.stringify({ type: "authenticate", access_token: token })))
        socket.on("message", (data: Buffer) => {
          const { type, code } = JSON.parse(data.toString()) as { readonly type: string; readonly code: string }
          if (type === "error") errors.push(code)
          if (type !== "ready") return
          for (const saying of sayings) socket.send(saying)
          socket.close()
        })
      }),
  )
})

const unsubscribe = JSON.stringify({ type: "unsubscribe", subscription: "s" })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a live connection", (it) => {
  it.effect("is told when it sends what is deeper than anything that is asked for, and goes on", () =>
    Effect.gen(function* () {
      const { code, errors } = yield* conversation(["[".repeat(10_000), unsubscribe])
      assert.deepStrictEqual(errors, ["unreadable"])
      assert.strictEqual(code, 1005)
    }),
  )

  it.effect("is closed when it asks again and again, and its neighbour is not", () =>
    Effect.gen(function* () {
      const { burst } = Limits.liveRequests
      const [hasty, calm] = yield* Effect.all(
        [conversation(Array<string>(burst + 1).fill(unsubscribe)), conversation([unsubscribe])],
        { concurrency: 2 },
      )
      assert.deepStrictEqual(hasty, { code: closeCodes.protocol, errors: ["too_many_requests"] })
      assert.deepStrictEqual(calm, { code: 1005, errors: [] })
    }),
  )
})
