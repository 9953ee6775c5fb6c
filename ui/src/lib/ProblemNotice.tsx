/**
 * A failed request: what happened, the server's detail, and what to do.
 */
import { CircleX } from "lucide-react"
import { Problem } from "../api/Problem.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { Button } from "./Button.tsx"

interface Props {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

export const ProblemNotice = ({ error, onRetry }: Props) => {
  const words = useWords()
  const problem = error instanceof Problem ? error : undefined
  const known: Readonly<Record<string, { readonly title: string; readonly todo: string }>> = words.problems
  const text = known[problem?.code ?? "unreadable"]
  const said = [
    problem?.reason === undefined ? undefined : reasonWords(words, problem.reason),
    problem?.detail,
    text?.todo,
  ]
  const lines = [...new Set(said)].filter((line) => line !== undefined && line !== "")
  return (
    <div role="alert" className="flex items-start gap-2.5 rounded-md bg-bad-soft p-3 text-sm">
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-bad">{text?.title ?? problem?.title}</p>
        {lines.map((line) => (
          <p key={line} dir="auto" className="text-ink">
            {line}
          </p>
        ))}
      </div>
      {onRetry === undefined ? null : (
        <Button size="small" onClick={onRetry}>
          {words.retry}
        </Button>
      )}
    </div>
  )
}
