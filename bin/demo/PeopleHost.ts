/**
 * Carries out what the simulated people decide: unlocks through the public API, hands through the simulator's control.
 * A person learns how it went when the command's outcome is known. Nothing that goes wrong for a person ends the demo.
 */
import { Clock, Effect, Schedule } from "effect"
import { isFinal } from "#core/domain/Command.ts"
import { CartId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import {
  type FreeCart,
  nextOfPeople,
  noPeople,
  type PersonAction,
  type PersonNews,
  tellPeople,
} from "#twins/world/People.ts"
import { handAt } from "../sim/SimulatorControl.ts"
import type { DemoClient } from "./DemoClient.ts"
import { messageOf } from "./DemoError.ts"

export interface PeopleOptions {
  readonly client: DemoClient
  /** Address of the simulator's control. */
  readonly control: string
  readonly seed: number
  /** Told once of each thing that keeps people from seeing the carts. */
  readonly note: (text: string) => void
}

/** How long a person waits for a bay to open. */
const patienceMs = Limits.commandLifetimeMs + Limits.verifyTimeoutMs

/** Runs the people until interrupted. */
export const runPeople = ({ client, control, seed, note }: PeopleOptions) =>
  Effect.gen(function* () {
    const complain = onceEach(note)
    let people = noPeople(seed, yield* Clock.currentTimeMillis)
    const tell = (news: PersonNews) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => void (people = tellPeople(people, news, nowMs)))
    const attempt = (action: PersonAction): Effect.Effect<unknown, unknown> =>
      action.do === "unlock" ? unlock(client, action.cart) : handAt(control, action.bay, action.do)
    const carryOut = (action: PersonAction) =>
      attempt(action).pipe(
        Effect.match({ onFailure: () => "wrong" as const, onSuccess: () => "well" as const }),
        Effect.flatMap((went) => tell({ visit: action.visit, went })),
      )
    const blind = (error: unknown) => Effect.as(complain(`people see no carts: ${messageOf(error)}`), noCarts)
    const tick = Effect.gen(function* () {
      const someoneComes = people.nextArrivalAtMs <= (yield* Clock.currentTimeMillis)
      const free = someoneComes ? yield* Effect.catch(freeCarts(client), blind) : []
      const step = nextOfPeople(people, free, yield* Clock.currentTimeMillis)
      people = step.state
      yield* Effect.forEach(step.actions, (action) => Effect.forkScoped(carryOut(action)), { discard: true })
    })
    yield* Effect.forkScoped(
      client.signIn.pipe(Effect.ignore, Effect.schedule(Schedule.spaced((Limits.staffTokenSeconds * 1_000) / 2))),
    )
    yield* tick.pipe(Effect.repeat(Schedule.spaced(Limits.peopleTickMs)))
  }).pipe(Effect.scoped)

const noCarts: ReadonlyArray<FreeCart> = []

/** Says each text once: what is wrong four times a second is still one thing. */
const onceEach = (note: (text: string) => void) => {
  const said = new Set<string>()
  return (text: string) =>
    Effect.sync(() => {
      if (!said.has(text)) note(text)
      said.add(text)
    })
}

/** The bay opened, or it fails: refused, failed, or no word in time. */
const unlock = (client: DemoClient, cart: string) =>
  Effect.gen(function* () {
    const { command_id } = yield* client.commands.unlock({
      params: { id: CartId.make(cart) },
      headers: {},
      payload: { reason: "A simulated shopper wants it" },
    })
    const command = yield* client.commands
      .get({ params: { id: command_id } })
      .pipe(
        Effect.repeat({ until: ({ stage }) => isFinal(stage), schedule: Schedule.spaced(Limits.peopleTickMs) }),
        Effect.timeout(patienceMs),
      )
    if (command.stage !== "confirmed") return yield* Effect.fail(command.stage)
    return command.stage
  })

const freeCarts = (client: DemoClient) =>
  Effect.gen(function* () {
    const branches = yield* client.registry.branches({ query: { limit: Limits.pageItemsMax } })
    const pages = yield* Effect.forEach(
      branches.items.filter((branch) => branch.simulated),
      (branch) => client.registry.carts({ params: { id: branch.id }, query: { limit: Limits.pageItemsMax } }),
    )
    return pages.flatMap((page) =>
      page.items.flatMap((cart): ReadonlyArray<FreeCart> => {
        const isFree = cart.custody === "available" && cart.dock === "secured" && !cart.stale && cart.simulated
        return isFree && cart.bay_id !== null ? [{ cart: cart.id, bay: cart.bay_id }] : []
      }),
    )
  })
