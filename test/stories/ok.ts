import { Exit } from "effect"

/** What was given, where it had to be. */
export const ok = <A, E>(exit: Exit.Exit<A, E>): A => {
  if (Exit.isFailure(exit)) throw new Error("it was refused", { cause: exit.cause })
  return exit.value
}
