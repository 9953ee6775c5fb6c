/**
 * A twin by what is printed on it, leading to its page.
 */
import { Link } from "@tanstack/react-router"
import type { TwinKind } from "#core/domain/Ids.ts"
import { useWords } from "../words/Language.ts"
import { twinLabel } from "../words/twinLabel.ts"

interface Props {
  readonly kind: TwinKind
  readonly id: string
  /** Its id's first part if nothing better is known. */
  readonly label?: string | undefined
}

export const TwinLink = ({ kind, id, label }: Props) => {
  const { panel } = useWords()
  return (
    <Link to="/twins/$kind/$id" params={{ kind, id }} className="text-accent underline underline-offset-2">
      {panel[kind]} <bdi dir="auto">{label === undefined ? id.slice(0, 8) : twinLabel(kind, label)}</bdi>
    </Link>
  )
}
