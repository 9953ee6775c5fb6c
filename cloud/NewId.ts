/** A fresh random id: a lower-case UUID. The system's own source, unless a test puts a seeded one in its place. */
import { Context, Effect } from "effect"
import { randomUUID } from "node:crypto"

export const NewId = Context.Reference<Effect.Effect<string>>("cartwise/cloud/NewId", {
  defaultValue: () => Effect.sync(() => randomUUID()),
})
