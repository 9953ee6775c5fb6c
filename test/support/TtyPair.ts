/** Two ends of one serial cable, made by socat: what is written to one can be read from the other. */
import { existsSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { eventually } from "./Eventually.ts"
import { type Program, startProgram } from "./Program.ts"

export interface TtyPair {
  /** The end the edge opens. */
  readonly host: string
  /** The end the board process opens. */
  readonly board: string
  readonly program: Program
}

export const startTtyPair = async (folder?: string): Promise<TtyPair> => {
  const at = folder ?? (await mkdtemp(join(tmpdir(), "cartwise-tty-")))
  const host = join(at, "host")
  const board = join(at, "board")
  const program = startProgram("socat", "socat", [`PTY,link=${host},raw,echo=0`, `PTY,link=${board},raw,echo=0`])
  await Promise.race([
    eventually(
      () => {
        if (!existsSync(host) || !existsSync(board)) throw new Error("no ttys yet")
      },
      { timeoutMs: 10_000, everyMs: 20 },
    ),
    program.ended.then((code) => {
      throw new Error(`socat ended with ${String(code)}; apt-get install socat?\n${program.errors()}`)
    }),
  ])
  return { host, board, program }
}
