/** How a part of a bay was found: picture, word and colour. */
import type { Finding } from "#core/api/Commissionings.ts"
import { Chip } from "../lib/Chip.tsx"
import type { Look } from "../words/StateLook.ts"
import { useInstallWords } from "./words/useInstallWords.ts"

const looks: Readonly<Record<Finding, Look>> = {
  good: { tone: "good", picture: "fine" },
  bad: { tone: "bad", picture: "alert" },
  untested: { tone: "unknown", picture: "unknown" },
}

export const FindingChip = ({ finding }: { readonly finding: Finding }) => {
  const { findings } = useInstallWords()
  return <Chip look={looks[finding]}>{findings[finding]}</Chip>
}
