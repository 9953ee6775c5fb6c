/**
 * An address that leads nowhere.
 */
import { Link } from "@tanstack/react-router"
import { useWords } from "../words/Language.ts"

export const NotFoundPage = () => {
  const words = useWords()
  return (
    <div className="grid min-h-[50vh] place-items-center p-6 text-center">
      <div>
        <h1 className="text-lg font-semibold">{words.notFound}</h1>
        <Link to="/" className="text-accent underline underline-offset-2">
          {words.backToOverview}
        </Link>
      </div>
    </div>
  )
}
