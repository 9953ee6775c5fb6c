/**
 * The registry as a file: which chains there are, and what is installed in their branches down to each bay and the cart
 * that belongs in it. A cloud imports it (`REGISTRY_FILE`), and the configuration of an edge can be derived from it.
 *
 * Format: one JSON object, `v: 1`, chain > branch > device > controller > bay, and beside it the staff who may sign in.
 * What a single schema cannot say is checked too: no id twice, no two boards with one address on a bus, no two bays
 * with one lock on a board, no label twice in a branch, no cart number twice in a branch, no slug or e-mail twice.
 * Ids are the sender's: importing the same file again changes nothing. It holds no state of any machine.
 */
import { Schema } from "effect"
import { StaffRole } from "../access/Capability.ts"
import { Limits } from "../Limits.ts"
import { BayId, BoardAddress, BranchId, CartId, ChainId, ControllerId, DeviceId, LockIndex, UserId } from "./Ids.ts"
import { MacAddress } from "./MacAddress.ts"
import { Email, Text, WrittenText } from "./Text.ts"

export const Name = WrittenText(1, 120)
/** One level of an MQTT topic, so none of `/ + #`. */
export const Slug = Schema.String.check(Schema.isPattern(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/u))
export const BranchCode = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/u))
/** What is printed on a bay or a cart. */
export const Label = WrittenText(1, 32)

export const RegistryBay = Schema.Struct({
  id: BayId,
  lock_index: LockIndex,
  label: Label,
  /** The cart that belongs in the bay, wherever it is now. */
  cart: Schema.NullOr(Schema.Struct({ id: CartId, cart_number: Label })),
})
export type RegistryBay = typeof RegistryBay.Type

export const RegistryController = Schema.Struct({
  id: ControllerId,
  controller_address: BoardAddress,
  /** The serial port as the device names it; boards with one port share a bus. */
  port: WrittenText(1, 200),
  baudrate: Schema.Int.check(Schema.isBetween({ minimum: 1_200, maximum: 115_200 })),
  bays: Schema.Array(RegistryBay).check(Schema.isMaxLength(Limits.locksPerBoard)),
})
export type RegistryController = typeof RegistryController.Type

export const RegistryDevice = Schema.Struct({
  id: DeviceId,
  device_name: Name,
  mac_address: MacAddress,
  serial_number: Name,
  firmware_version: Schema.NullOr(Name),
  /** The SHA-256 of a claim code with which the device may register, good from the import on like any other. */
  claim_sha256: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u))),
  controllers: Schema.Array(RegistryController),
})
export type RegistryDevice = typeof RegistryDevice.Type

export const RegistryBranch = Schema.Struct({
  id: BranchId,
  name: Name,
  branch_code: BranchCode,
  address: Schema.NullOr(Name),
  city: Schema.NullOr(Name),
  latitude: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: -90, maximum: 90 }))),
  longitude: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: -180, maximum: 180 }))),
  /** An IANA zone name. */
  timezone: Name,
  devices: Schema.Array(RegistryDevice),
})
export type RegistryBranch = typeof RegistryBranch.Type

export const RegistryChain = Schema.Struct({
  id: ChainId,
  name: Name,
  slug: Slug,
  description: Schema.NullOr(WrittenText(0, 500)),
  /** True when everything below is simulated; it is shown wherever the data goes. */
  simulated: Schema.Boolean,
  branches: Schema.Array(RegistryBranch),
})
export type RegistryChain = typeof RegistryChain.Type

export const RegistryUser = Schema.Struct({
  id: UserId,
  email: Email,
  name: Name,
  role: StaffRole,
  /** In the clear, for generated sign-ins only: it is hashed on import and never stored. */
  password: Schema.optionalKey(Text.check(Schema.isBetweenLength(8, 200))),
  /** A hash made by a cloud. Exactly one of the two is given. */
  password_hash: Schema.optionalKey(Text.check(Schema.isBetweenLength(1, 500))),
})
export type RegistryUser = typeof RegistryUser.Type

const Fields = Schema.Struct({
  v: Schema.Literal(1),
  chains: Schema.Array(RegistryChain),
  users: Schema.Array(RegistryUser),
})

/** Every pair of entries of one list that must differ and does not, in words. */
const repeated = (what: string, values: ReadonlyArray<string | number>): ReadonlyArray<string> => {
  const seen = new Set<string | number>()
  const twice = new Set<string | number>()
  for (const value of values) (seen.has(value) ? twice : seen).add(value)
  return [...twice].map((value) => `${what} ${value} is given twice`)
}

const problemsOfBranch = (branch: RegistryBranch): ReadonlyArray<string> => {
  const bays = branch.devices.flatMap((device) => device.controllers.flatMap((controller) => controller.bays))
  const where = `in branch ${branch.branch_code}`
  return [
    ...repeated(
      `${where} the label`,
      bays.map((bay) => bay.label),
    ),
    ...repeated(
      `${where} the cart number`,
      bays.flatMap((bay) => bay.cart?.cart_number ?? []),
    ),
    ...branch.devices.flatMap((device) => [
      ...repeated(
        `on device ${device.device_name} the board`,
        device.controllers.map((controller) => `${controller.controller_address} of ${controller.port}`),
      ),
      ...device.controllers.flatMap((controller) =>
        repeated(
          `on device ${device.device_name}, board ${controller.controller_address}, the lock index`,
          controller.bays.map((bay) => bay.lock_index),
        ),
      ),
    ]),
  ]
}

const problemsOf = (document: typeof Fields.Type): ReadonlyArray<string> => {
  const { chains, users } = document
  const branches = chains.flatMap((chain) => chain.branches)
  const devices = branches.flatMap((branch) => branch.devices)
  const controllers = devices.flatMap((device) => device.controllers)
  const bays = controllers.flatMap((controller) => controller.bays)
  const carts = bays.flatMap((bay) => bay.cart ?? [])
  const records: ReadonlyArray<{ readonly id: string }> = [
    chains,
    branches,
    devices,
    controllers,
    bays,
    carts,
    users,
  ].flat()
  return [
    ...repeated(
      "the id",
      records.map((record) => record.id),
    ),
    ...repeated(
      "the slug",
      chains.map((chain) => chain.slug),
    ),
    ...repeated(
      "the e-mail address",
      users.map((user) => user.email.toLowerCase()),
    ),
    ...chains.flatMap((chain) =>
      repeated(
        `in chain ${chain.slug} the branch code`,
        chain.branches.map((branch) => branch.branch_code),
      ),
    ),
    ...branches.flatMap(problemsOfBranch),
    ...users
      .filter((user) => (user.password === undefined) === (user.password_hash === undefined))
      .map((user) => `user ${user.email} must have either password or password_hash`),
  ]
}

export const RegistryDocument = Fields.check(Schema.makeFilter(problemsOf))
export type RegistryDocument = typeof RegistryDocument.Type
