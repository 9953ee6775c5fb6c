/**
 * What is known of a bay and its cart, and how old that knowledge is.
 */
import type { ReactNode } from "react"
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { StaleNotice } from "../live/StaleNotice.tsx"
import { useAge, useTwin } from "../live/useTwin.ts"
import { agoText, sinceText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import { statePath, stateWord } from "../words/StateLook.ts"
import { remembered } from "./remembered.ts"

/** A name and what it is now. */
export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-2xs text-dim">{name}</dt>
    <dd className="truncate text-sm">{children}</dd>
  </div>
)

export const BayFacts = ({ bay }: { readonly bay: Bay }) => {
  const words = useWords()
  const { panel } = words
  const twin = useTwin("bay", bay.id)
  const cart = useTwin("cart", bay.cart?.id ?? "")
  const hook: Readonly<Record<string, string>> = panel.hookWord
  const presence: Readonly<Record<string, string>> = panel.presenceWord
  const age = useAge(twin?.changed_at)
  return (
    <section aria-label={panel.state} className="space-y-3 px-4 py-3">
      <StaleNotice twin={twin} />
      <dl className="grid grid-cols-3 gap-x-4 gap-y-2.5">
        <Fact name={panel.cart}>
          {bay.cart === null ? words.branch.noCart : <bdi dir="ltr">{bay.cart.cart_number}</bdi>}
        </Fact>
        <Fact name={panel.custody}>
          {cart === undefined ? "–" : stateWord(words, "cart", statePath(cart.value, "custody"))}
        </Fact>
        <Fact name={panel.changed}>{twin === undefined ? "–" : sinceText(words.age, age)}</Fact>
        <Fact name={panel.hook}>{hook[remembered(twin, "hook")] ?? panel.hookWord.none}</Fact>
        <Fact name={panel.presence}>{presence[remembered(twin, "presence")] ?? panel.presenceWord.none}</Fact>
        <Fact name={panel.service}>
          {twin === undefined ? "–" : stateWord(words, "bay", statePath(twin.value, "service"))}
        </Fact>
        <Fact name={panel.sensors}>
          {twin === undefined ? "–" : stateWord(words, "bay", statePath(twin.value, "sensor"))}
        </Fact>
        <Evidence twin={twin} />
        <Fact name={panel.revision}>
          <span className="tabular-nums" data-testid="bay-revision">
            {twin?.revision ?? "–"}
          </span>
        </Fact>
      </dl>
    </section>
  )
}

const Evidence = ({ twin }: { readonly twin: Twin | undefined }) => {
  const words = useWords()
  const age = useAge(twin?.fresh_at)
  return (
    <Fact name={words.panel.evidence}>
      {twin === undefined || twin.fresh_at === null ? words.age.never : agoText(words.age, age)}
    </Fact>
  )
}
