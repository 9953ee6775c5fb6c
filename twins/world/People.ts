/**
 * Simulated people, as decisions: who comes, which cart they ask for, and when they pull it and push it back. Pure: the
 * host tells what it saw and when, and carries out what comes back, through the public API and a hand at the bay.
 *
 * A visit: ask for a free cart → it opens → pull it within seconds → shop → push it back. Some open a bay and push it
 * shut again, some push the cart in too weakly and come back when it is noticed, some keep it long. All of a visit is
 * drawn from the seed and the visit's number before it begins, so what happens in one changes nothing in the next.
 * The pace is a demo's: minutes, where a real shop has hours.
 */
import { randomOf } from "#core/Random.ts"

/** A cart that may be asked for now. */
export interface FreeCart {
  readonly cart: string
  readonly bay: string
}

/** What a person does now. */
export type PersonAction =
  | { readonly do: "unlock"; readonly visit: number; readonly cart: string }
  | { readonly do: "take" | "return" | "mislatch"; readonly visit: number; readonly bay: string }

/** What the host tells about an action: whether the bay opened, or whether the hand could do it. */
export type PersonNews = { readonly visit: number; readonly went: "well" | "wrong" }

/** All of a visit that chance decides. */
export interface VisitPlan {
  /** Time from the visit before to this one. */
  readonly gapMs: number
  /** Which of the free carts, as a fraction of their list. */
  readonly choice: number
  readonly behaviour: "takes" | "doesNotTake" | "mislatches" | "keepsLong"
  readonly pullAfterMs: number
  readonly shopMs: number
  /** How long a weakly pushed cart is left before somebody pushes it home. */
  readonly unnoticedMs: number
}

type Doing = "asking" | "pulling" | "pushingShut" | "shopping" | "pushingHome"

interface Visit {
  readonly number: number
  readonly plan: VisitPlan
  readonly cart: string
  readonly bay: string
  readonly doing: Doing
  /** When the next action is due; infinite while an answer is awaited. */
  readonly dueAtMs: number
}

export interface PeopleState {
  readonly seed: number
  readonly nextVisit: number
  readonly nextArrivalAtMs: number
  readonly visits: ReadonlyArray<Visit>
}

export interface PeopleStep {
  readonly state: PeopleState
  readonly actions: ReadonlyArray<PersonAction>
}

const secondMs = 1_000
const meanGapMs = 4 * secondMs
/** Who comes while so many are there goes away again, so that a pause of the host is not followed by a crowd. */
const visitsAtOnce = 32
/** Share of the visits; the rest takes and returns as it should be. */
const shares = { doesNotTake: 0.04, mislatches: 0.07, keepsLong: 0.04 } as const

/** The plan of visit `number` (0, 1, …) under a seed. */
export const visitPlan = (seed: number, number: number): VisitPlan => {
  const random = randomOf(seed, `visit/${number}`)
  const between = (fromMs: number, untilMs: number) => random.int(fromMs, untilMs)
  const gapMs = Math.round(-Math.log(1 - random.next()) * meanGapMs)
  const choice = random.next()
  const kind = random.next()
  const { doesNotTake, mislatches, keepsLong } = shares
  const behaviour =
    kind < doesNotTake
      ? "doesNotTake"
      : kind < doesNotTake + mislatches
        ? "mislatches"
        : kind < doesNotTake + mislatches + keepsLong
          ? "keepsLong"
          : "takes"
  const shopMs =
    behaviour === "keepsLong" ? between(180 * secondMs, 480 * secondMs) : between(20 * secondMs, 90 * secondMs)
  return {
    gapMs,
    choice,
    behaviour,
    pullAfterMs: between(1 * secondMs, 5 * secondMs),
    shopMs,
    unnoticedMs: between(4 * secondMs, 25 * secondMs),
  }
}

/** Nobody is there yet; the first comes one gap after `nowMs`. */
export const noPeople = (seed: number, nowMs: number): PeopleState => ({
  seed,
  nextVisit: 0,
  nextArrivalAtMs: nowMs + visitPlan(seed, 0).gapMs,
  visits: [],
})

/** What people do at `nowMs`, seeing these free carts (in any order). Call it every few hundred milliseconds. */
export const nextOfPeople = (state: PeopleState, free: ReadonlyArray<FreeCart>, nowMs: number): PeopleStep => {
  const moved = state.visits.map((visit) => actOf(visit, nowMs))
  const arrived = arrivals({ ...state, visits: moved.map(({ visit }) => visit) }, free, nowMs)
  return {
    state: arrived.state,
    actions: [...moved.flatMap(({ action }) => action ?? []), ...arrived.actions],
  }
}

/** A person learns how the last action went. News of a visit that is over changes nothing. */
export const tellPeople = (state: PeopleState, news: PersonNews, nowMs: number): PeopleState => ({
  ...state,
  visits: state.visits.flatMap((visit) => (visit.number === news.visit ? after(visit, news.went, nowMs) : visit)),
})

const arrivals = (state: PeopleState, free: ReadonlyArray<FreeCart>, nowMs: number): PeopleStep => {
  const wanted = new Set(state.visits.map((visit) => visit.cart))
  const choices = free.filter(({ cart }) => !wanted.has(cart)).sort((a, b) => (a.cart < b.cart ? -1 : 1))
  const actions: Array<PersonAction> = []
  const visits = [...state.visits]
  let { nextVisit, nextArrivalAtMs } = state
  while (nextArrivalAtMs <= nowMs) {
    const plan = visitPlan(state.seed, nextVisit)
    const [chosen] = visits.length < visitsAtOnce ? choices.splice(Math.floor(plan.choice * choices.length), 1) : []
    if (chosen !== undefined) {
      visits.push({ number: nextVisit, plan, ...chosen, doing: "asking", dueAtMs: Number.POSITIVE_INFINITY })
      actions.push({ do: "unlock", visit: nextVisit, cart: chosen.cart })
    }
    nextVisit += 1
    nextArrivalAtMs += visitPlan(state.seed, nextVisit).gapMs
  }
  return { state: { ...state, visits, nextVisit, nextArrivalAtMs }, actions }
}

/** The due action of a visit; while its outcome is awaited nothing is due. */
const actOf = (visit: Visit, nowMs: number): { readonly visit: Visit; readonly action?: PersonAction } => {
  if (nowMs < visit.dueAtMs) return { visit }
  const waiting = { ...visit, dueAtMs: Number.POSITIVE_INFINITY }
  const hand = (verb: "take" | "return" | "mislatch") => ({
    visit: waiting,
    action: { do: verb, visit: visit.number, bay: visit.bay },
  })
  switch (visit.doing) {
    case "pulling":
      return hand("take")
    case "shopping":
      return hand(visit.plan.behaviour === "mislatches" ? "mislatch" : "return")
    case "pushingShut":
    case "pushingHome":
      return hand("return")
    case "asking":
      return { visit }
  }
}

/** The visit after its last action; none when it is over. A person whose hand was refused goes away. */
const after = (visit: Visit, went: PersonNews["went"], nowMs: number): ReadonlyArray<Visit> => {
  const { behaviour, pullAfterMs, shopMs, unnoticedMs } = visit.plan
  if (went === "wrong") return []
  switch (visit.doing) {
    case "asking":
      return behaviour === "doesNotTake"
        ? [{ ...visit, doing: "pushingShut", dueAtMs: nowMs + unnoticedMs }]
        : [{ ...visit, doing: "pulling", dueAtMs: nowMs + pullAfterMs }]
    case "pulling":
      return [{ ...visit, doing: "shopping", dueAtMs: nowMs + shopMs }]
    case "shopping":
      return behaviour === "mislatches" ? [{ ...visit, doing: "pushingHome", dueAtMs: nowMs + unnoticedMs }] : []
    case "pushingShut":
    case "pushingHome":
      return []
  }
}
