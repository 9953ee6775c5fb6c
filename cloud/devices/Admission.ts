/**
 * May a device register? Decided from what is known, without a look at anything else, so that every case is a line of a
 * table. Whatever is refused is refused alike: the reason here is for our own log and never for the answer, but for an
 * unknown branch, which only somebody who may register at all is told.
 */

export interface KnownBranch {
  readonly id: string
  readonly code: string
}

export interface KnownClaim {
  readonly branch: KnownBranch
  /** Not used, not withdrawn, in time. */
  readonly isOpen: boolean
  readonly macAddress: string | null
  readonly keyless: boolean
  readonly replaces: string | null
}

export interface KnownDevice {
  readonly id: string
  readonly branch: KnownBranch
  readonly isArchived: boolean
  /** It has registered before. */
  readonly isEnrolled: boolean
  readonly isRevoked: boolean
  readonly publicKey: string | null
}

/** A registration as it came, checked as far as it can be by itself. */
export interface Asked {
  readonly macAddress: string
  /** Undefined: the one that its claim is of, or that it is in. */
  readonly branchCode: string | undefined
  /** A code was sent, readable or not. */
  readonly sentCode: boolean
  readonly publicKey: string | undefined
  /** The key signed for exactly this, in time, and under a nonce that is new. */
  readonly isProved: boolean
  /** The token that was sent is good and of this device. */
  readonly tokenOf: string | undefined
}

export interface Known {
  /** `REGISTRATION_OPEN`. */
  readonly isOpen: boolean
  /** The branches in use with the code that was sent. */
  readonly branches: ReadonlyArray<KnownBranch>
  /** The claim of the code that was sent, or the one bound to the MAC for a program without keys. */
  readonly claim: KnownClaim | undefined
  /** The device with this MAC. */
  readonly device: KnownDevice | undefined
  /** The device that the claim replaces. */
  readonly replaced: KnownDevice | undefined
}

export type Admission =
  | {
      readonly admits: "new" | "expected" | "known" | "replacement"
      readonly branchId: string
      /** Undefined for one that is new. */
      readonly deviceId: string | undefined
      readonly usesClaim: boolean
    }
  | { readonly refuses: "unknown_branch" }
  | { readonly refuses: "registration_refused"; readonly because: string }

const refused = (because: string): Admission => ({ refuses: "registration_refused", because })

/** Decides. */
export const admit = (asked: Asked, known: Known): Admission => {
  const { claim, device } = known
  if (asked.publicKey !== undefined && !asked.isProved) return refused("no_proof")
  if (isOwn(asked, device)) return ofItself(asked, device)
  if (asked.sentCode || claim !== undefined) {
    if (claim === undefined) return refused("no_such_claim")
    const why = whyNotByClaim(asked, claim)
    return why === undefined ? byClaim(asked, claim, known) : refused(why)
  }
  return known.isOpen ? byOpenDoor(known) : refused("no_claim")
}

const isOwn = (asked: Asked, device: KnownDevice | undefined): device is KnownDevice => {
  if (device === undefined || !device.isEnrolled || device.isRevoked) return false
  return device.publicKey === null ? asked.tokenOf === device.id : asked.publicKey === device.publicKey
}

/** Registers again: it stays where it is, whatever it says of its branch. */
const ofItself = (asked: Asked, device: KnownDevice): Admission => {
  if (device.isArchived) return refused("archived")
  if (asked.branchCode !== undefined && asked.branchCode !== device.branch.code) return refused("other_branch")
  return { admits: "known", branchId: device.branch.id, deviceId: device.id, usesClaim: false }
}

const whyNotByClaim = (asked: Asked, claim: KnownClaim): string | undefined => {
  if (!claim.isOpen) return "claim_over"
  if (claim.macAddress !== null && claim.macAddress !== asked.macAddress) return "claim_of_other_mac"
  if (claim.keyless === (asked.publicKey !== undefined)) return claim.keyless ? "key_on_keyless_claim" : "no_key"
  return claim.keyless === asked.sentCode ? "code_on_keyless_claim" : undefined
}

const byClaim = (asked: Asked, claim: KnownClaim, { device, replaced }: Known): Admission => {
  if (asked.branchCode !== undefined && asked.branchCode !== claim.branch.code) return { refuses: "unknown_branch" }
  const branchId = claim.branch.id
  if (claim.replaces !== null) {
    if (replaced === undefined || replaced.isArchived || replaced.branch.id !== branchId)
      return refused("replaces_nothing")
    if (device !== undefined && device.id !== replaced.id) return refused("mac_of_other_device")
    return { admits: "replacement", branchId, deviceId: replaced.id, usesClaim: true }
  }
  if (device === undefined) return { admits: "new", branchId, deviceId: undefined, usesClaim: true }
  return expected(device, branchId, true)
}

const byOpenDoor = ({ branches, device }: Known): Admission => {
  const [branch, another] = branches
  // A code that two chains use says nothing.
  if (branch === undefined || another !== undefined) return { refuses: "unknown_branch" }
  if (device === undefined) return { admits: "new", branchId: branch.id, deviceId: undefined, usesClaim: false }
  return expected(device, branch.id, false)
}

/** A device that staff have entered and that has never registered. One that has cannot be had without its own credential. */
const expected = (device: KnownDevice, branchId: string, usesClaim: boolean): Admission => {
  if (device.isArchived) return refused("archived")
  if (device.isEnrolled) return refused("not_its_credential")
  if (device.branch.id !== branchId) return refused("other_branch")
  return { admits: "expected", branchId, deviceId: device.id, usesClaim }
}
