/**
 * The network address a request really comes from. A proxy before the cloud says it in `X-Forwarded-For`; nobody but a proxy
 * that is named in `TRUSTED_PROXIES` is believed, because anybody can write that header.
 */
import { Limits } from "#core/Limits.ts"

const plain = (address: string): string =>
  address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address.trim()

/**
 * Takes the address of the other end of the connection, the header, and the addresses of our proxies; gives the last address
 * on the way that is none of them.
 */
export const clientAddress = (peer: string, forwardedFor: string | undefined, trusted: ReadonlySet<string>): string => {
  const hops = (forwardedFor ?? "")
    .split(",")
    .map((hop) => plain(hop.trim()))
    .filter((hop) => hop !== "")
    .slice(-Limits.trustedProxies)
  let client = plain(peer)
  while (trusted.has(client)) {
    const before = hops.pop()
    if (before === undefined) return client
    client = before
  }
  return client
}
