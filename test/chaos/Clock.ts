/** The time of all evidence: Unix milliseconds with fractions, the same for every process of this machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now()
