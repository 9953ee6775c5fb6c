/** What became of asking for a command, when it did not succeed. */
import { Problem } from "../api/Problem.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

/** No answer is not "no": the command may exist, so the page says that instead of inviting a second try. */
export const AskProblem = ({ error }: { readonly error: Error }) => {
  const { unlock } = useWords()
  return error instanceof Problem && error.code === "unreachable" ? (
    <p role="alert" className="rounded-md bg-warn-soft p-3 text-sm text-warn">
      {unlock.noAnswer}
    </p>
  ) : (
    <ProblemNotice error={error} />
  )
}
