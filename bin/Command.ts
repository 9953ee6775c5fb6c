/**
 * What a file in `bin/commands` exports: one line for `--help`, and the program. `run` takes the words after the
 * command and gives the exit code: 0 done, 1 failed, 2 called wrongly.
 */
export interface Command {
  readonly summary: string
  readonly run: (args: ReadonlyArray<string>) => Promise<number>
}

/** Exit code for unknown commands, options and arguments. */
export const exitCodeForMisuse = 2
