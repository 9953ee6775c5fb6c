/**
 * What the cells of the map show: each state with its chip, and what stands where.
 */
import { Chip } from "../lib/Chip.tsx"
import { useWords } from "../words/Language.ts"
import { bayCellWord, latchLooks } from "../words/StateLook.ts"

export const Legend = () => {
  const words = useWords()
  return (
    <details className="text-sm text-dim">
      <summary className="inline-block cursor-pointer rounded px-1 py-1 hover:text-ink">{words.branch.legend}</summary>
      <p className="mt-1 px-1">{words.branch.legendText}</p>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {latchLooks.map(([path, look]) => (
          <li key={path}>
            <Chip look={look}>{bayCellWord(words, path)}</Chip>
          </li>
        ))}
      </ul>
    </details>
  )
}
