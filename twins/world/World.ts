/**
 * The simulated world: buses with boards that answer CU16 bytes, bays with hooks and carts, faults, and hands.
 *
 * Deterministic: the same plan, seed and calls give the same answers, on every machine and in a browser; it has no clock
 * and no randomness of its own (`core/Random.ts`, one stream per concern). Times are milliseconds on any clock that does
 * not run backwards, the same for all calls. Edge, tests and the browser use this one world behind a simulated link.
 */
import type { Hook, Presence } from "#core/domain/Bay.ts"
import type { SimReply } from "./Fault.ts"
import { faultCatalogue, type FaultName } from "./FaultCatalogue.ts"
import { actByHand, type Acted, type HandVerb } from "./Hand.ts"
import type { SimBay } from "./SimBay.ts"
import type { SimBoard } from "./SimBoard.ts"
import { SimBus } from "./SimBus.ts"
import type { WorldPlan } from "./WorldPlan.ts"

/** A bay as it really is, which its sensors may not tell. */
export interface SimBayState {
  readonly id: string
  readonly label: string
  readonly branch: string | undefined
  readonly device: string
  /** Address of its board. */
  readonly board: number
  readonly lockIndex: number
  readonly hook: Hook
  readonly presence: Presence
  /** Its own faults and those of its board. */
  readonly faults: ReadonlyArray<FaultName>
  /** The cart that stands in it. */
  readonly cart: string | null
  /** Unlock frames for it that were on the wire. */
  readonly pulses: number
}

/** `found`, or the ids of all bays that the name could mean: none if it means nothing. */
export type Found = { readonly found: string } | { readonly candidates: ReadonlyArray<SimBayName> }

export interface SimBayName {
  readonly id: string
  readonly label: string
  readonly branch: string | undefined
  readonly device: string
}

export interface World {
  /** What the master of a device's bus wrote, when its last bit has arrived; an unknown device is silence. */
  readonly receive: (device: string, bytes: Uint8Array, atMs: number) => ReadonlyArray<SimReply>
  /** A hand at a bay (id, label or `BRANCH/LABEL`). */
  readonly act: (bay: string, verb: HandVerb, atMs: number) => Acted
  /** Puts any fault of the catalogue on a bay or on its board. */
  readonly breakWith: (bay: string, fault: FaultName) => Acted
  readonly find: (name: string) => Found
  readonly state: (atMs: number) => ReadonlyArray<SimBayState>
  /** One bay (by id) as it really is; undefined if it is not there. */
  readonly bay: (bayId: string, atMs: number) => SimBayState | undefined
  /** Unlock frames on the wire for a bay (by id); 0 for one that is not there. */
  readonly pulses: (bayId: string) => number
  /** When the hook that a pulse has freed will be open; undefined if none is on its way. */
  readonly opensAtMs: (bayId: string) => number | undefined
}

interface Site {
  readonly bus: SimBus
  readonly board: SimBoard
  readonly bay: SimBay
}

export const makeWorld = (plan: WorldPlan): World => {
  const buses = new Map(plan.buses.map((bus) => [bus.device, new SimBus(bus, plan.seed)]))
  const sites: ReadonlyArray<Site> = [...buses.values()].flatMap((bus) =>
    bus.boards.flatMap((board) => board.bays.map((bay) => ({ bus, board, bay }))),
  )
  const byId = new Map(sites.map((site) => [site.bay.plan.id, site]))
  /** Carts that are out, oldest first, with the bay each was pulled from. */
  const out = new Map<string, Site>()

  const find = (name: string): Found => findIn(sites, name)
  const at = (name: string): Site | string => {
    const found = find(name)
    const site = "found" in found ? byId.get(found.found) : undefined
    if (site !== undefined) return site
    const candidates = "candidates" in found ? found.candidates : []
    return candidates.length === 0
      ? `there is no simulated bay ${name}`
      : `${name} could be ${candidates.map(nameInFull).join(" or ")}: say which`
  }
  const act = (name: string, verb: HandVerb, atMs: number): Acted => {
    const site = at(name)
    if (typeof site === "string") return { refused: site }
    const { bay, board } = site
    const before = bay.cart
    const acted = actByHand({ bay, board, cartToReturn: () => cartToReturn(out, site) }, verb, atMs)
    if (bay.cart !== null) out.delete(bay.cart)
    else if (before !== null) out.set(before, site)
    return acted
  }
  return {
    receive: (device, bytes, atMs) => buses.get(device)?.receive(bytes, atMs) ?? [],
    act,
    breakWith: (name, fault) => {
      const site = at(name)
      if (typeof site === "string") return { refused: site }
      const broke = faultCatalogue[fault].on === "bay" ? site.bay.breakWith(fault) : site.board.breakWith(fault)
      return broke ? { done: `${name}: ${fault}` } : { refused: `${name} has ${fault} already` }
    },
    find,
    state: (atMs) => sites.map((site) => stateOf(site, atMs)),
    bay: (bayId, atMs) => {
      const site = byId.get(bayId)
      return site === undefined ? undefined : stateOf(site, atMs)
    },
    pulses: (bayId) => byId.get(bayId)?.bay.pulses ?? 0,
    opensAtMs: (bayId) => byId.get(bayId)?.bay.opensAtMs,
  }
}

/** The cart that was last pulled from here, else the one that belongs here, else the one of this device longest out. */
const cartToReturn = (out: ReadonlyMap<string, Site>, site: Site): string | undefined => {
  const pulledHere = [...out].findLast(([, from]) => from === site)?.[0]
  const home = site.bay.plan.cart
  if (pulledHere !== undefined) return pulledHere
  if (home !== null && out.has(home)) return home
  return [...out].find(([, from]) => from.bus === site.bus)?.[0]
}

const nameOf = ({ bus, bay }: Site): SimBayName => ({
  id: bay.plan.id,
  label: bay.plan.label,
  branch: bus.plan.branch,
  device: bus.plan.device,
})

const nameInFull = ({ id, label, branch }: SimBayName): string => (branch === undefined ? id : `${branch}/${label}`)

const findIn = (sites: ReadonlyArray<Site>, name: string): Found => {
  const wanted = name.toLowerCase()
  const meant = sites
    .map(nameOf)
    .filter(({ id, label, branch }) =>
      [id, label, `${branch ?? ""}/${label}`].some((word) => word.toLowerCase() === wanted),
    )
  const [only] = meant
  return only !== undefined && meant.length === 1 ? { found: only.id } : { candidates: meant }
}

const stateOf = (site: Site, atMs: number): SimBayState => ({
  ...nameOf(site),
  board: site.board.address,
  lockIndex: site.bay.plan.lockIndex,
  hook: site.bay.hookAt(atMs),
  presence: site.bay.presence,
  faults: [...site.bay.faults, ...site.board.faults],
  cart: site.bay.cart,
  pulses: site.bay.pulses,
})
