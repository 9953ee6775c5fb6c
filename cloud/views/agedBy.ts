/** Records as the API shows them: with how old they are, and what the sensors of a bay said, as their twins are seen. */
import { Effect, Schema } from "effect"
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { Hook, Presence } from "#core/domain/Bay.ts"
import { regionWord } from "#twins/Words.ts"
import type { StoredBay } from "../store/Bays.ts"
import type { Listed } from "../store/Page.ts"
import type { TwinViews } from "./TwinViews.ts"

const twinsOf = Effect.fnUntraced(function* (
  views: TwinViews["Service"],
  kind: "bay" | "cart" | "controller",
  items: ReadonlyArray<{ readonly id: string }>,
) {
  const refs = items.map(({ id }) => ({ kind, id }))
  const seen = yield* Effect.orDie(views.changed(refs, []))
  return new Map(seen.flatMap((twin) => (twin.kind === kind ? [[twin.id, twin]] : [])))
})

const ageOf = (twin: Twin | undefined) => ({ stale: twin?.stale ?? true, fresh_at: twin?.fresh_at ?? null })

/** Makes a page of carts or boards one with their age. */
export const agedBy = (views: TwinViews["Service"]) =>
  Effect.fnUntraced(function* <T extends { readonly id: string }>(kind: "cart" | "controller", page: Listed<T>) {
    const twins = yield* twinsOf(views, kind, page.items)
    return { ...page, items: page.items.map((record) => ({ ...record, ...ageOf(twins.get(record.id)) })) }
  })

const Sensed = Schema.Struct({ hook: Schema.NullOr(Hook), presence: Schema.NullOr(Presence) })
const decodeSensed = Schema.decodeUnknownOption(Sensed)
const unsensed: typeof Sensed.Type = { hook: null, presence: null }

/** Makes a page of bays one with what their sensors said, and how old that is. */
export const sensedBy = (views: TwinViews["Service"]) =>
  Effect.fnUntraced(function* (page: Listed<StoredBay>) {
    const twins = yield* twinsOf(views, "bay", page.items)
    const items = page.items.map((record): Bay => {
      const twin = twins.get(record.id)
      const value = twin?.value ?? null
      const sensed = decodeSensed(twin?.context)
      return {
        ...record,
        latch: regionWord(value, "latch"),
        service: regionWord(value, "service"),
        ...(sensed._tag === "Some" ? sensed.value : unsensed),
        ...ageOf(twin),
      }
    })
    return { ...page, items }
  })
