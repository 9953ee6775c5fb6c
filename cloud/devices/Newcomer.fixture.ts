/** A device that registers, for tests: its own key, and bodies signed by it. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto"
import { readClaimCode } from "#core/domain/ClaimCode.ts"
import { readMacAddress } from "#core/domain/MacAddress.ts"
import { keyChangeText, registrationText, tokenText } from "#core/wire/DeviceProof.ts"

export interface SeedBody {
  readonly device_name: string
  readonly mac_address: string
  readonly serial_number: string
  readonly branch_code: string
  readonly firmware_version: string
}

/** What a client that is written from the seed sends. */
export const seedBody = (macAddress: string, branchCode: string, more: Partial<SeedBody> = {}): SeedBody => ({
  device_name: `pi ${macAddress}`,
  mac_address: macAddress,
  serial_number: `S-${macAddress}`,
  branch_code: branchCode,
  firmware_version: "1.0.0",
  ...more,
})

export const newNonce = (): string => randomBytes(16).toString("base64url")

/** A fresh key with what it signs. */
export const newcomer = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const publicText = String(publicKey.export({ format: "jwk" }).x)
  const signed = (text: string) => sign(undefined, Buffer.from(text), privateKey).toString("base64url")
  return {
    publicKey: publicText,
    /** A registration signed by the key; `more` goes into what is signed. */
    body: (seed: SeedBody, claimCode: string | undefined, more: { nonce?: string; ts?: number } = {}) => {
      const { nonce = newNonce(), ts = Date.now() } = more
      const signature = signed(
        registrationText({
          claimCode: claimCode === undefined ? undefined : readClaimCode(claimCode),
          macAddress: readMacAddress(seed.mac_address),
          serialNumber: seed.serial_number,
          publicKey: publicText,
          nonce,
          ts,
        }),
      )
      return {
        ...seed,
        ...(claimCode === undefined ? {} : { claim_code: claimCode }),
        public_key: publicText,
        nonce,
        ts,
        signature,
      }
    },
    signed,
    /** What it sends to change to another key; `more` goes into what is signed. */
    change: (
      deviceId: string,
      to: { readonly publicKey: string; readonly signed: (text: string) => string },
      more: { nonce?: string; ts?: number } = {},
    ) => {
      const { nonce = newNonce(), ts = Date.now() } = more
      const text = keyChangeText(deviceId, to.publicKey, nonce, ts)
      return { public_key: to.publicKey, nonce, ts, signature: signed(text), new_signature: to.signed(text) }
    },
    /** What it sends for a fresh token. */
    renewal: (deviceId: string, more: { nonce?: string; ts?: number } = {}) => {
      const { nonce = newNonce(), ts = Date.now() } = more
      return { nonce, ts, signature: signed(tokenText(deviceId, nonce, ts)) }
    },
  }
}
