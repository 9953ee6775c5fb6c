/**
 * Asks again and again until something holds, for facts that no event announces. It ends at the first success, so it
 * costs no more than the fact takes; after `timeoutMs` it fails with the last reason.
 */
export const eventually = async <T>(
  ask: () => T | Promise<T>,
  { timeoutMs = 20_000, everyMs = 25 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> => {
  const until = performance.now() + timeoutMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => void setTimeout(resolve, everyMs))
    }
  }
}
