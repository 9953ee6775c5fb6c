/**
 * The real cloud, told over standard input what was committed: a line is a list of twins, which it publishes as ingest does
 * after a commit, or `"memory"`, which it answers with what it holds and how its live clients do.
 */
import { Effect, Stream } from "effect"
import { createInterface } from "node:readline"
import { Cloud } from "#cloud/main.ts"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { Commits } from "#cloud/live/Commits.ts"
import { LiveFeed } from "#cloud/live/LiveFeed.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { runToEnd } from "#bin/RunToEnd.ts"
import type { Held } from "./Held.ts"

const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)

const program = Effect.gen(function* () {
  const { url } = yield* HttpServer
  const commits = yield* Commits
  const feed = yield* LiveFeed
  const held = (): Held => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    const clients = [...feed.clients()]
    return {
      heap: heapUsed,
      external,
      behind: clients.filter(({ behindSince }) => behindSince !== undefined).length,
      mostBuffered: Math.max(0, ...clients.map(({ socket }) => socket.bufferedAmount)),
    }
  }
  say({ url })
  const lines = Stream.fromAsyncIterable(createInterface({ input: process.stdin }), (cause) => cause)
  yield* Stream.runForEach(lines, (line) => {
    const order = JSON.parse(line) as ReadonlyArray<TwinRef> | "memory"
    return order === "memory" ? Effect.sync(() => say({ held: held() })) : commits.publish({ twins: order })
  })
}).pipe(Effect.provide(Cloud))

process.exit(await runToEnd(program))
