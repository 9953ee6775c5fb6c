/**
 * In which order a batch is worked on. What a device says stays in order; whose turn it is among devices is free. So what
 * goes best together comes together: the facts of all devices in one round, and of everything else one message of each
 * device in the next.
 */

/** A message as far as its place matters. */
export interface Spoken {
  readonly device: string
  readonly isFacts: boolean
}

export interface Round<A> {
  readonly isFacts: boolean
  /** Facts in the order they came; else one message of each of some devices. */
  readonly items: ReadonlyArray<A>
}

export const roundsOf = <A>(items: ReadonlyArray<A>, spoken: (item: A) => Spoken): ReadonlyArray<Round<A>> => {
  const rounds: Array<Round<A>> = []
  let left = items
  for (let isFacts = true; left.length > 0; isFacts = !isFacts) {
    const held = new Set<string>()
    const taken: Array<A> = []
    const waiting: Array<A> = []
    for (const item of left) {
      const { device, isFacts: isOne } = spoken(item)
      const isNow = isOne === isFacts && !held.has(device)
      if (!isNow || !isFacts) held.add(device)
      if (isNow) taken.push(item)
      else waiting.push(item)
    }
    if (taken.length > 0) rounds.push({ isFacts, items: taken })
    left = waiting
  }
  return rounds
}
