/**
 * The configuration of an edge whose devices have joined: what each was let in with, put on the links of its own file. Pure.
 * With one link every board is on it; with more, a board is on the link that the cloud names as its port.
 */
import type { RegisteredDevice } from "#core/api/DeviceIdentity.ts"

import type { DeviceConfig, EdgeConfig } from "../config/EdgeConfig.ts"
import type { JoiningConfig, JoiningDevice } from "../config/JoiningConfig.ts"

export interface JoinedDevice {
  readonly device: JoiningDevice
  readonly registered: RegisteredDevice
}

/** The config of these devices, which the file's own may not be all of; undefined if there are none. */
export const joinedConfig = (file: JoiningConfig, joined: ReadonlyArray<JoinedDevice>): EdgeConfig | undefined => {
  const devices = joined.map((one) => deviceOf(one, file.broker))
  const [first] = devices
  if (first === undefined) return undefined
  const { cloud: _cloud, devices: _devices, broker: _broker, ...program } = file
  const keys = new Map(joined.flatMap(({ registered }) => registered.command_keys).map((key) => [key.kid, key]))
  return { ...program, broker: first.broker, command_keys: [...keys.values()], devices }
}

const deviceOf = (
  { device, registered }: JoinedDevice,
  elsewhere: JoiningConfig["broker"],
): DeviceConfig & { readonly broker: EdgeConfig["broker"] } => {
  const { layout, mqtt_config: mqtt } = registered
  const placed = device.buses.map(({ link }, _at, { length }) => ({
    link,
    controllers: layout.controllers
      .filter(({ port, bays }) => bays.length > 0 && (length === 1 || port === linkName(link)))
      .map(({ id, controller_address, bays }) => ({
        id,
        address: controller_address,
        hook_closed_bit: 1 as const,
        presence_bit: 1 as const,
        bays,
      })),
  }))
  return {
    id: registered.device_id,
    chain_id: layout.chain_id,
    branch_id: layout.branch_id,
    chain_slug: layout.chain_slug,
    branch_code: layout.branch_code,
    ...(device.firmware_version === undefined ? {} : { firmware_version: device.firmware_version }),
    ...(device.firmware_keys === undefined ? {} : { firmware_keys: device.firmware_keys }),
    simulated: device.simulated,
    buses: placed.filter(({ controllers }) => controllers.length > 0),
    broker: {
      host: elsewhere?.host ?? mqtt.broker,
      port: elsewhere?.port ?? mqtt.port,
      username: mqtt.username,
      ...(mqtt.password === undefined ? {} : { password: mqtt.password }),
      tls: mqtt.tls,
    },
  }
}

const linkName = (link: JoiningDevice["buses"][number]["link"]): string => {
  if (link.kind === "tty") return link.path
  return link.kind === "tcp" ? `${link.host}:${link.port}` : "simulated"
}
