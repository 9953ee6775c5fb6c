/**
 * The two lamps of a bay, for its hook and for its sensor: each says what was read and nothing else, and is out while nothing
 * is known.
 */
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { remembered } from "../bays/remembered.ts"
import { useAge, useStaleness, useTwin } from "../live/useTwin.ts"
import { agoText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"

export const Lamps = ({ bay }: { readonly bay: Bay }) => {
  const { panel, boards: words, age: ageWords } = useWords()
  const twin = useTwin("bay", bay.id)
  const stale = useStaleness(twin) !== undefined
  const age = useAge(twin?.fresh_at)
  const hook = hookOf(twin)
  const presence = presenceOf(twin)
  return (
    <div className="mt-1 space-y-1">
      <Lamp
        name={panel.hook}
        word={panel.hookWord[hook]}
        lit={hook === "none" ? undefined : hook === "closed"}
        stale={stale}
      />
      <Lamp
        name={words.sensor}
        word={words.sensorWord[presence]}
        lit={presence === "none" ? undefined : presence === "present"}
        stale={stale}
      />
      <p className={`text-2xs ${stale ? "text-warn" : "text-dim"}`}>
        {twin === undefined || twin.fresh_at === null ? ageWords.never : agoText(ageWords, age)}
      </p>
    </div>
  )
}

const hookOf = (twin: Twin | undefined): "closed" | "open" | "none" => {
  const word = remembered(twin, "hook")
  return word === "closed" || word === "open" ? word : "none"
}
const presenceOf = (twin: Twin | undefined): "present" | "absent" | "none" => {
  const word = remembered(twin, "presence")
  return word === "present" || word === "absent" ? word : "none"
}

interface LampProps {
  readonly name: string
  readonly word: string
  /** Undefined while nothing is known. */
  readonly lit: boolean | undefined
  readonly stale: boolean
}

/** The word beside it says the same: a lamp is never colour alone. */
const Lamp = ({ name, word, lit, stale }: LampProps) => {
  const look =
    lit === undefined || stale ? "border border-dashed border-edge hatched" : lit ? "bg-good" : "border-2 border-edge"
  return (
    <p className="flex items-center gap-1.5 text-xs">
      <span aria-hidden className={`size-2.5 shrink-0 rounded-full ${look}`} />
      <span className="text-dim">{name}</span>
      <span className={`ms-auto truncate ${stale ? "text-dim" : ""}`}>{word}</span>
    </p>
  )
}
