/**
 * The live twins: one atom per twin, written here and never by React, so that a delta re-renders only what shows that
 * twin. A twin keeps the highest revision it has been given, whichever way it came and in whatever order.
 */
import { type Atom, createAtom } from "@xstate/store"
import type { Twin } from "#core/api/Twins.ts"
import type { TwinKind } from "#core/domain/Ids.ts"

/** A twin and, if it moved while the page was watching, the value it had before. */
export interface Seen {
  readonly twin: Twin
  readonly before: Twin["value"] | undefined
}

type SeenAtom = Atom<Seen | undefined>

const instantMs = (instant: string | null): number => (instant === null ? 0 : Date.parse(instant))

/**
 * What is kept of a twin when word of it arrives: the higher revision; of two equal ones, the one with the fresher
 * evidence, because staleness and freshness change without a revision.
 */
export const merge = (current: Seen | undefined, twin: Twin): Seen => {
  if (current === undefined) return { twin, before: undefined }
  const { revision, fresh_at, value } = current.twin
  if (twin.revision > revision) return { twin, before: value }
  if (twin.revision < revision || instantMs(twin.fresh_at) < instantMs(fresh_at)) return current
  return { twin, before: current.before }
}

export interface TwinStore {
  /** The atom of a twin, made on first use. */
  readonly atomOf: (kind: TwinKind, id: string) => SeenAtom
  readonly get: (kind: TwinKind, id: string) => Twin | undefined
  /** Takes whole states as they come. */
  readonly receive: (twins: ReadonlyArray<Twin>) => void
  /** Grows whenever anything was received: for sums over many twins. */
  readonly changes: Atom<number>
  /** Forgets the twins that are not to be kept: nobody tells of them any more, so they would grow old unseen. */
  readonly forget: (isKept: (twin: Twin) => boolean) => void
  /** Forgets everything, for the next person who signs in. */
  readonly clear: () => void
}

export const makeTwinStore = (): TwinStore => {
  const atoms = new Map<string, SeenAtom>()
  const changes = createAtom(0)
  const atomOf = (kind: TwinKind, id: string): SeenAtom => {
    const key = `${kind}/${id}`
    const known = atoms.get(key)
    if (known !== undefined) return known
    const made = createAtom<Seen | undefined>(undefined)
    atoms.set(key, made)
    return made
  }
  return {
    atomOf,
    get: (kind, id) => atomOf(kind, id).get()?.twin,
    receive: (twins) => {
      for (const twin of twins) {
        const atom = atomOf(twin.kind, twin.id)
        const current = atom.get()
        const next = merge(current, twin)
        if (next !== current) atom.set(next)
      }
      if (twins.length > 0) changes.set((count) => count + 1)
    },
    changes,
    forget: (isKept) => {
      for (const atom of atoms.values()) {
        const seen = atom.get()
        if (seen !== undefined && !isKept(seen.twin)) atom.set(undefined)
      }
      changes.set((count) => count + 1)
    },
    clear: () => {
      for (const atom of atoms.values()) atom.set(undefined)
      changes.set((count) => count + 1)
    },
  }
}

/** The twins of this page. */
export const twinStore = makeTwinStore()
