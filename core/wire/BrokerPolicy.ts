/**
 * Who may say and hear what at the broker: one table, from the table of messages. The embedded broker asks it for every
 * message; the configuration of Mosquitto is written from it (`cartwise mosquitto`). What is in no row is refused.
 *
 * A device speaks and hears under its own `devices/{id}` and nowhere else, but for two compatibility topics of the carts of
 * its branch: no rule can bind a cart to a device that it may leave tomorrow. There the cloud looks who owns the cart, and a
 * device believes only what is signed for it. The broker is the first wall of two.
 */
import { cartMessages, deviceMessages, type MessageKind } from "./Messages.ts"
import type { BranchAddress } from "./Topics.ts"

/** Who is connected. */
export type BrokerPrincipal =
  { readonly kind: "cloud" } | (BranchAddress & { readonly kind: "device"; readonly deviceId: string })

export interface BrokerRule {
  readonly who: BrokerPrincipal["kind"]
  readonly may: "publish" | "subscribe"
  /** Topic filter; `{chain}`, `{branch}` and `{device}` are those of the device. */
  readonly filter: string
  /** Whether the broker may keep it. */
  readonly retain: boolean
  readonly maxBytes: number
}

const rulesFor = (path: string, leaf: string, { from, retained, maxBytes }: MessageKind): ReadonlyArray<BrokerRule> => {
  const everywhere = `cartwise/+/+/${path.replace("{device}", "+")}/${leaf}`
  const own = `cartwise/{chain}/{branch}/${path}/${leaf}`
  const kept = { retain: retained, maxBytes }
  const ofDevice = from === "device" ? "publish" : "subscribe"
  const ofCloud = from === "device" ? "subscribe" : "publish"
  return [
    { who: "device", may: ofDevice, filter: own, ...kept },
    { who: "cloud", may: ofCloud, filter: everywhere, ...kept },
  ]
}

/** The whole table. */
export const brokerRules: ReadonlyArray<BrokerRule> = [
  ...Object.entries(deviceMessages).flatMap(([leaf, kind]) => rulesFor("devices/{device}", leaf, kind)),
  ...Object.entries(cartMessages).flatMap(([leaf, kind]) => rulesFor("carts/+", leaf, kind)),
]

/** The rules of one principal, with its own names in their filters. */
export const rulesOf = (principal: BrokerPrincipal): ReadonlyArray<BrokerRule> =>
  brokerRules
    .filter(({ who }) => who === principal.kind)
    .map((rule) => ({ ...rule, filter: principal.kind === "cloud" ? rule.filter : named(rule.filter, principal) }))

const named = (filter: string, device: Extract<BrokerPrincipal, { kind: "device" }>): string =>
  filter
    .split("/")
    .map((level) => {
      if (level === "{chain}") return device.chainSlug
      if (level === "{branch}") return device.branchCode
      return level === "{device}" ? device.deviceId : level
    })
    .join("/")

/** Whether every topic that `asked` (a topic or a filter) can name is one of `allowed`. */
export const covers = (allowed: string, asked: string): boolean => {
  const [allows, asks] = [allowed.split("/"), asked.split("/")]
  return (
    allows.length === asks.length &&
    allows.every((level, at) => (level === "+" ? asks[at] !== "#" && asks[at] !== "" : level === asks[at]))
  )
}

export interface BrokerMessage {
  readonly topic: string
  readonly retain: boolean
  readonly bytes: number
}

/** Whether the broker takes a message, also a last will, from these rules' principal. */
export const mayPublish = (rules: ReadonlyArray<BrokerRule>, { topic, retain, bytes }: BrokerMessage): boolean =>
  !topic.includes("+") &&
  !topic.includes("#") &&
  rules.some(
    (rule) =>
      rule.may === "publish" && covers(rule.filter, topic) && (rule.retain || !retain) && bytes <= rule.maxBytes,
  )

/** Whether it may subscribe to a filter, and be given what is said on a topic. */
export const mayHear = (rules: ReadonlyArray<BrokerRule>, filter: string): boolean =>
  rules.some((rule) => rule.may === "subscribe" && covers(rule.filter, filter))

/** The client identifiers of our own programs: whoever takes one drives its owner off the line. */
export const deviceClientId = (deviceId: string): string => `edge-${deviceId}`
export const cloudClientPrefix = "cartwise-cloud-"

/** Whether a principal may use a client identifier: its own, or one that is nobody's. */
export const mayUseClientId = (principal: BrokerPrincipal, clientId: string): boolean => {
  if (clientId.startsWith(cloudClientPrefix)) return principal.kind === "cloud"
  if (clientId.startsWith("edge-")) {
    return principal.kind === "device" && clientId === deviceClientId(principal.deviceId)
  }
  return !/[+#]/u.test(clientId)
}
