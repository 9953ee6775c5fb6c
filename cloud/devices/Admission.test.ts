import { assert, describe, it } from "@effect/vitest"
import { type Asked, admit, type Known, type KnownClaim, type KnownDevice } from "./Admission.ts"

const branch = { id: "branch", code: "B-1" }
const elsewhere = { id: "elsewhere", code: "B-2" }
const asked = (more: Partial<Asked> = {}): Asked => ({
  macAddress: "02:00:00:00:00:01",
  branchCode: "B-1",
  sentCode: false,
  publicKey: undefined,
  isProved: false,
  tokenOf: undefined,
  ...more,
})
const proved = { publicKey: "key", isProved: true }
const claim = (more: Partial<KnownClaim> = {}): KnownClaim => ({
  branch,
  isOpen: true,
  macAddress: null,
  keyless: false,
  replaces: null,
  ...more,
})
const device = (more: Partial<KnownDevice> = {}): KnownDevice => ({
  id: "device",
  branch,
  isArchived: false,
  isEnrolled: true,
  isRevoked: false,
  publicKey: "key",
  ...more,
})
const known = (more: Partial<Known> = {}): Known => ({
  isOpen: false,
  branches: [branch],
  claim: undefined,
  device: undefined,
  replaced: undefined,
  ...more,
})

const outcome = (one: Asked, all: Known): string => {
  const admission = admit(one, all)
  if ("admits" in admission) return admission.admits
  return "because" in admission ? admission.because : admission.refuses
}

const entered = device({ isEnrolled: false, publicKey: null })
const keyless = device({ publicKey: null })
const code = { sentCode: true, ...proved }

const rows: ReadonlyArray<readonly [what: string, asked: Asked, known: Known, outcome: string]> = [
  ["a stranger with nothing", asked(), known(), "no_claim"],
  ["a stranger with a key", asked(proved), known(), "no_claim"],
  ["a claim and a key", asked(code), known({ claim: claim() }), "new"],
  ["a claim and a key that signed nothing", asked({ ...code, isProved: false }), known({ claim: claim() }), "no_proof"],
  ["a claim without a key", asked({ sentCode: true }), known({ claim: claim() }), "no_key"],
  ["a claim that is over", asked(code), known({ claim: claim({ isOpen: false }) }), "claim_over"],
  ["a code that is none", asked(code), known(), "no_such_claim"],
  ["a code that is none, at an open door", asked(code), known({ isOpen: true }), "no_such_claim"],
  ["a claim of another MAC", asked(code), known({ claim: claim({ macAddress: "other" }) }), "claim_of_other_mac"],
  ["a claim of another branch", asked(code), known({ claim: claim({ branch: elsewhere }) }), "unknown_branch"],
  ["a claim, for a device that was entered", asked(code), known({ claim: claim(), device: entered }), "expected"],
  [
    "a claim, for one that was entered elsewhere",
    asked(code),
    known({ claim: claim(), device: { ...entered, branch: elsewhere } }),
    "other_branch",
  ],
  [
    "a claim, for another's device",
    asked({ ...code, publicKey: "another" }),
    known({ claim: claim(), device: device() }),
    "not_its_credential",
  ],
  [
    "a claim, for an archived device",
    asked(code),
    known({ claim: claim(), device: { ...entered, isArchived: true } }),
    "archived",
  ],
  ["its own key", asked(proved), known({ device: device() }), "known"],
  ["its own key after it was put out", asked(proved), known({ device: device({ isRevoked: true }) }), "no_claim"],
  [
    "its own key in another branch",
    asked({ ...proved, branchCode: "B-2" }),
    known({ device: device() }),
    "other_branch",
  ],
  ["its own key when archived", asked(proved), known({ device: device({ isArchived: true }) }), "archived"],
  ["its own token, without keys", asked({ tokenOf: "device" }), known({ device: keyless }), "known"],
  ["another's token", asked({ tokenOf: "other" }), known({ device: keyless }), "no_claim"],
  ["a token, for a device with a key", asked({ tokenOf: "device" }), known({ device: device() }), "no_claim"],
  [
    "a claim that replaces it",
    asked({ ...code, publicKey: "new" }),
    known({ claim: claim({ replaces: "device" }), replaced: device() }),
    "replacement",
  ],
  [
    "a claim that replaces what is archived",
    asked({ ...code, publicKey: "new" }),
    known({ claim: claim({ replaces: "device" }), replaced: device({ isArchived: true }) }),
    "replaces_nothing",
  ],
  [
    "a claim that replaces, and the MAC of a third",
    asked({ ...code, publicKey: "new" }),
    known({ claim: claim({ replaces: "device" }), replaced: device(), device: device({ id: "third" }) }),
    "mac_of_other_device",
  ],
  ["a MAC that a claim without keys names", asked(), known({ claim: claim({ keyless: true }) }), "new"],
  ["the same with a key", asked(proved), known({ claim: claim({ keyless: true }) }), "key_on_keyless_claim"],
  ["an open door", asked(), known({ isOpen: true }), "new"],
  ["an open door and no such branch", asked(), known({ isOpen: true, branches: [] }), "unknown_branch"],
  [
    "an open door and two such branches",
    asked(),
    known({ isOpen: true, branches: [branch, elsewhere] }),
    "unknown_branch",
  ],
  ["an open door and another's device", asked(), known({ isOpen: true, device: device() }), "not_its_credential"],
  ["an open door and a device that was entered", asked(), known({ isOpen: true, device: entered }), "expected"],
]

describe("whether a device may register", () => {
  for (const [what, one, all, expected] of rows) {
    it(`${what}: ${expected}`, () => assert.strictEqual(outcome(one, all), expected))
  }
})
