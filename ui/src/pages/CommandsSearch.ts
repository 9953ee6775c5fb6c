/** Which commands the page shows, as its address says it. */
import { CommandKind } from "#core/domain/Command.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export interface CommandsSearch extends TableSearch {
  /** All of them if absent. */
  readonly kind?: CommandKind
}

export const parseCommandsSearch = (search: Record<string, unknown>): CommandsSearch => {
  const kind = CommandKind.literals.find((name) => name === search["kind"])
  return { ...parseTableSearch(search), ...(kind === undefined ? {} : { kind }) }
}
