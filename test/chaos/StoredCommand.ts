/** What Postgres has of a command now, for a fault that knows what must become of it. */
import type { ChaosStack } from "./ChaosStack.ts"
import { eventually } from "../support/Eventually.ts"
import { queryOnce } from "../support/Sql.ts"

/** How long a command may take to be refused: the journal is replayed and committed meanwhile. */
const answeredWithinMs = 15_000

/** Waits until the command has this stage and reason; gives what it is instead, in words, or nothing. */
export const mustBecome = (
  stack: ChaosStack,
  commandId: string,
  stage: string,
  reason: string,
): Promise<ReadonlyArray<string>> =>
  eventually(
    async () => {
      const [row] = await queryOnce(stack.databaseUrl, `select stage, reason from commands where id = '${commandId}'`)
      const is = `${String(row?.["stage"])} ${String(row?.["reason"])}`
      if (is !== `${stage} ${reason}`) throw new Error(`command ${commandId} is ${is}, not ${stage} ${reason}`)
      return []
    },
    { timeoutMs: answeredWithinMs, everyMs: 100 },
  ).catch((error: Error) => [error.message])
