/**
 * What Mosquitto is configured with, written from the one table of who may say and hear what: two doors with TLS, one for
 * devices and one for the cloud, a line of rights for each of what a principal may, and the passwords as they are stored.
 *
 * At the door of devices the client identifier is the user name, so that nobody can drive another off its line; the cloud has
 * two lines of one name and a door of its own. Mosquitto can not tell who may leave something behind (`retain`): there the
 * cloud and the device look for themselves. Pure.
 */
import { type BrokerPrincipal, rulesOf } from "#core/wire/BrokerPolicy.ts"
import { Limits } from "#core/Limits.ts"
import type { BrokerLogin } from "../store/DeviceIdentities.ts"

export interface MosquittoPlace {
  /** Where the files lie, as Mosquitto sees it. */
  readonly folder: string
  /** PEM files: the broker's own, and the authority that it and its clients believe. */
  readonly certificate: string
  readonly key: string
  readonly authority: string
  readonly devicePort: number
  readonly cloudPort: number
  /** Network address to listen on; left out: every one. */
  readonly address?: string | undefined
}

export interface CloudAccount {
  readonly username: string
  /** As `brokerHash` gives it. */
  readonly hash: string
}

const listener = (place: MosquittoPlace, port: number): ReadonlyArray<string> => [
  `listener ${port}${place.address === undefined ? "" : ` ${place.address}`}`,
  `certfile ${place.certificate}`,
  `keyfile ${place.key}`,
  `cafile ${place.authority}`,
  "tls_version tlsv1.2",
]

/** `mosquitto.conf`. */
export const mosquittoConf = (place: MosquittoPlace): string =>
  [
    "# Written by `cartwise mosquitto`; it is written anew, so change nothing here.",
    "per_listener_settings false",
    "allow_anonymous false",
    `password_file ${place.folder}/passwords`,
    `acl_file ${place.folder}/rights`,
    // The broker is a lossy pipe: what must last is in a journal and in Postgres.
    "persistence false",
    // Else a message that follows another waits for the other's acknowledgement: 40 ms.
    "set_tcp_nodelay true",
    `message_size_limit ${Limits.mqttPayloadBytes}`,
    `max_keepalive ${4 * Limits.mqttKeepAliveSeconds}`,
    `max_queued_messages ${Limits.brokerQueueMessages}`,
    "",
    "# Devices.",
    ...listener(place, place.devicePort),
    "use_username_as_clientid true",
    "",
    "# The cloud.",
    ...listener(place, place.cloudPort),
    "",
  ].join("\n")

const rightsOf = (username: string, principal: BrokerPrincipal): ReadonlyArray<string> => [
  `user ${username}`,
  ...rulesOf(principal).map(({ may, filter }) => `topic ${may === "publish" ? "write" : "read"} ${filter}`),
  "",
]

/** `acl_file`: who is in it may do what is in it; nobody else may do anything. */
export const mosquittoRights = (cloud: CloudAccount, devices: ReadonlyArray<BrokerLogin>): string =>
  [
    "# Written by `cartwise mosquitto` from core/wire/BrokerPolicy.ts.",
    ...rightsOf(cloud.username, { kind: "cloud" }),
    ...devices.flatMap((device) => rightsOf(device.deviceId, { kind: "device", ...device })),
  ].join("\n")

/** `password_file`. */
export const mosquittoPasswords = (cloud: CloudAccount, devices: ReadonlyArray<BrokerLogin>): string =>
  [
    `${cloud.username}:${cloud.hash}`,
    ...devices.map(({ deviceId, brokerHash }) => `${deviceId}:${brokerHash}`),
    "",
  ].join("\n")
