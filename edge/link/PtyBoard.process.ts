/**
 * A far side in a process of its own, for tests: opens a pseudo-terminal, says its path to the parent, passes bytes both
 * ways over the parent's channel. It is killed to make the port vanish the way an unplugged adapter does.
 */
import { Effect } from "effect"

import { openPty } from "./Pty.ts"

const tell = (message: { readonly path: string } | { readonly bytes: ReadonlyArray<number> }) => process.send?.(message)

const main = Effect.gen(function* () {
  const pty = yield* openPty((bytes) => tell({ bytes: [...bytes] }))
  process.on("message", (bytes) => {
    if (Array.isArray(bytes)) pty.write(Uint8Array.from(bytes))
  })
  process.on("disconnect", () => process.exit())
  tell({ path: pty.path })
  yield* Effect.never
})

await Effect.runPromise(Effect.scoped(main))
