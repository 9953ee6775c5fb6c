/**
 * What a chaos run saw, from witnesses that do not know of one another: the board on the wire, the people at the API, the
 * packets on the line to the edge, the edge's disk, Postgres, and a live client. Plain data: the invariants are judged on
 * it alone (`Invariants.ts`), so that each can be shown a history that breaks it. Times are Unix milliseconds.
 */
import type { CommandKind, CommandReason, CommandStage } from "#core/domain/Command.ts"

/** An unlock frame as the board heard it. */
export interface Pulse {
  readonly lock: number
  readonly atMs: number
  /** Where the hook really was. */
  readonly hook: "open" | "closed"
  /** The edge's disk as it was then: pulses begun, by command. */
  readonly onDisk: ReadonlyMap<string, number>
}

/** Somebody pressed the button of a cart. */
export interface Press {
  readonly lock: number
  readonly askedAtMs: number
  /** The request's `Idempotency-Key`, if it had one. */
  readonly key: string | undefined
  /** Undefined while, or because, no answer came. */
  readonly status: number | undefined
  readonly commandId: string | undefined
  readonly reason: string | undefined
}

/** A shopper asked for a cart. */
export interface Renting {
  readonly shopper: number
  readonly askedAtMs: number
  /** Undefined while, or because, no answer came. */
  readonly status: number | undefined
  /** The rental that was answered. */
  readonly rentalId: string | undefined
}

/** A hand pulled at the cart of a bay; it comes out if the hook lets it. */
export interface Take {
  readonly lock: number
  readonly atMs: number
}

/** A rental as Postgres has it. */
export interface RentalRow {
  readonly id: string
  readonly shopper: string
  readonly state: string
  readonly isOpen: boolean
  /** The lock of its bay; undefined while it has none. */
  readonly lock: number | undefined
  readonly createdAtMs: number
  readonly pickedUpAtMs: number | undefined
  readonly endedAtMs: number | undefined
}

/** A command as Postgres has it. */
export interface CommandRow {
  readonly id: string
  /** People ask for unlocks; the cloud itself asks for snapshots. */
  readonly kind: CommandKind
  /** Undefined if it is for no bay. */
  readonly lock: number | undefined
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly pulses: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly requestedBy: string
  readonly requestedReason: string
  readonly stages: ReadonlyArray<{
    readonly stage: CommandStage
    readonly reason: CommandReason | null
    readonly atMs: number
  }>
}

/** An envelope that reached the edge. */
export interface Delivery {
  readonly commandId: string
  readonly lock: number | undefined
  readonly atMs: number
  readonly expiresAtMs: number
  readonly epoch: number
  readonly retained: boolean
  /** The epoch the edge was last granted; undefined before the first. */
  readonly granted: number | undefined
}

/** A twin's revision as somebody was shown it. */
export interface Sighting {
  readonly twin: string
  /** Where it was shown in order: one connection of one client. Undefined for a single answer. */
  readonly stream: string | undefined
  readonly revision: number
  /** The state, as text. */
  readonly state: string
  /** When it was asked for, and when it was shown: what was shown to others before `askedAtMs` must be in it. */
  readonly askedAtMs: number
  readonly shownAtMs: number
}

/** An end of a command as somebody was told it. */
export interface ToldEnd {
  readonly commandId: string
  readonly stage: CommandStage
  readonly atMs: number
}

/** A fact that the edge published. */
export interface PublishedFact {
  readonly journal: string
  readonly seq: number
  /** Undefined for a fact of a twin. */
  readonly command: { readonly id: string; readonly stage: CommandStage } | undefined
}

/** How the account of a journal stands in Postgres. */
export interface StoredJournal {
  readonly watermark: number
  /** Seqs of facts in the history of twins. */
  readonly seqs: ReadonlySet<number>
  /** Seqs of facts that were put aside. */
  readonly aside: ReadonlySet<number>
}

/** From the start of a program to its end. */
export interface Life {
  readonly fromMs: number
  readonly untilMs: number | undefined
}

/** A bay as it was shown at some moment. */
export interface Glimpse {
  readonly lock: number
  readonly atMs: number
  readonly stale: boolean
  readonly freshAtMs: number | undefined
}

/** How a round went. */
export interface Round {
  readonly fault: string
  readonly number: number
  readonly beganAtMs: number
  /** When nothing was broken any more. */
  readonly healedAtMs: number
  /** When the device was accepted again after that; undefined if it never was away. */
  readonly connectedAtMs: number | undefined
  /** When every bay was shown as it really is; undefined if that never came. */
  readonly convergedAtMs: number | undefined
  /** Bays that were not, in words. */
  readonly apart: ReadonlyArray<string>
  /** What else did not come out as it must, in words: each fault knows what to expect of it. */
  readonly surprises: ReadonlyArray<string>
}

export interface History {
  /** When the judges look. */
  readonly nowMs: number
  /** Nothing more will happen: what has no outcome now will never have one. */
  readonly isOver: boolean
  /** When what was heard was put together; what is stored was read after that, and may know more. */
  readonly heardUntilMs: number
  readonly pulses: ReadonlyArray<Pulse>
  /** Frames on the wire that no command may cause (unlock all, delayed unlock), as text. */
  readonly forbiddenFrames: ReadonlyArray<string>
  readonly presses: ReadonlyArray<Press>
  readonly rentings: ReadonlyArray<Renting>
  readonly takes: ReadonlyArray<Take>
  readonly commands: ReadonlyArray<CommandRow>
  readonly rentals: ReadonlyArray<RentalRow>
  readonly deliveries: ReadonlyArray<Delivery>
  readonly sightings: ReadonlyArray<Sighting>
  readonly ends: ReadonlyArray<ToldEnd>
  readonly published: ReadonlyArray<PublishedFact>
  readonly stored: ReadonlyMap<string, StoredJournal>
  /** The highest acknowledgement the edge was given, by journal, with its time. */
  readonly acknowledged: ReadonlyMap<string, number>
  /** What was put aside: how much of it is still listed, and how much is our own code's fault. */
  readonly quarantine: {
    readonly counted: number
    readonly listed: number
    readonly defects: ReadonlyArray<string>
  }
  /** Facts the edge could not keep, as it counts them. */
  readonly lostAtEdge: number
  readonly edgeLives: ReadonlyArray<Life>
  /** Spans in which the edge was dead or cut off, and everybody could know it. */
  readonly awaySpans: ReadonlyArray<Life>
  readonly glimpses: ReadonlyArray<Glimpse>
  readonly rounds: ReadonlyArray<Round>
  /** How far the edge's wall clock is from the time it keeps, seconds. */
  readonly skewSeconds: number | undefined
  /** Instants as the API wrote them. */
  readonly instants: ReadonlyArray<string>
}
