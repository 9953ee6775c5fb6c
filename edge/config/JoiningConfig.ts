/**
 * What an edge program is told when it shall learn the rest from the cloud: where that is, a claim for each device, and the
 * links to the boards. Who the device is, its broker, whose commands it carries out and what is installed come with its
 * registration (`identity/Enrolment.ts`) and are kept beside its journal.
 */
import { hostname, networkInterfaces } from "node:os"

import { Effect, Schema } from "effect"

import { TypedMacAddress } from "#core/domain/MacAddress.ts"
import { PrintableText } from "#core/domain/Text.ts"
import { Limits } from "#core/Limits.ts"

import { BrokerConfig, DeviceConfig, EdgeConfig, LinkConfig } from "./EdgeConfig.ts"

/** The address of the first network card that is not only for the computer itself; undefined without one. */
const ownMacAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, mac }) => !internal && mac !== "00:00:00:00:00:00")?.mac

const orOwn = (own: () => string) => Schema.withDecodingDefaultKey<typeof Name>(Effect.sync(own))
const Name = PrintableText(1, 120)

export const JoiningDevice = Schema.Struct({
  /** What people call it; left out: the name of the computer. */
  device_name: Name.pipe(orOwn(hostname)),
  mac_address: TypedMacAddress.pipe(Schema.withDecodingDefaultKey(Effect.sync(() => ownMacAddress() ?? ""))),
  serial_number: Name.pipe(orOwn(hostname)),
  /** The branch that its claim is of; left out: whichever that is. */
  branch_code: Schema.optionalKey(PrintableText(1, 64)),
  /** As printed. Needed until it has registered; another one than before registers it anew. */
  claim_code: Schema.optionalKey(PrintableText(1, 64)),
  firmware_version: Schema.optionalKey(PrintableText(1, 64)),
  firmware_keys: DeviceConfig.fields.firmware_keys,
  simulated: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  buses: Schema.Array(Schema.Struct({ link: LinkConfig })).check(Schema.isBetweenLength(1, Limits.busesPerDevice)),
})
export type JoiningDevice = typeof JoiningDevice.Type

const { broker: _broker, command_keys: _keys, devices: _devices, ...program } = EdgeConfig.fields

export const JoiningConfig = Schema.Struct({
  ...program,
  cloud: Schema.Struct({ url: Schema.String.check(Schema.isPattern(/^https?:\/\/[^\s]+[^/\s]$/u)) }),
  /** Where the broker is, if that is elsewhere than the cloud says. */
  broker: Schema.optionalKey(Schema.Struct({ host: BrokerConfig.fields.host, port: BrokerConfig.fields.port })),
  devices: Schema.Array(JoiningDevice).check(Schema.isBetweenLength(1, Limits.devicesPerEdge)),
})
export type JoiningConfig = typeof JoiningConfig.Type

/** Two devices with one MAC would be one. */
export const repeatedMacs = ({ devices }: JoiningConfig) => {
  const seen = new Map<string, number>()
  return devices.flatMap(({ mac_address }, at) => {
    const first = seen.get(mac_address.toUpperCase())
    seen.set(mac_address.toUpperCase(), first ?? at)
    return first === undefined
      ? []
      : [{ path: `devices[${at}].mac_address`, message: `${mac_address} is already used at devices[${first}]` }]
  })
}
