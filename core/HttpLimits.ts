/** Bounds of a request over HTTP (reliability.md §3.9); a part of `Limits`. */
export const httpLimits = {
  httpBodyBytes: 64 * 1024,
  httpUrlCharacters: 2 * 1024,
  /** JSON from outside: levels, items of one list or members of one object, bytes of one text. */
  jsonDepth: 16,
  jsonItems: 500,
  jsonTextBytes: 4 * 1024,
  /** The same of a message of a device: a snapshot has an item for each twin. */
  jsonMessageItems: 1_000,
  /** All headers of a request together, with its first line. */
  httpHeaderBytes: 16 * 1024,
  /** How long a client may take to send its headers, and the whole request. */
  httpHeadersMs: 5_000,
  httpRequestMs: 10_000,
  /** What is searched for, its words that count, and how many of each kind are found. */
  searchCharacters: 60,
  searchWords: 4,
  searchHitsPerKind: 8,
  /**
   * Requests a second, and at once after a pause: of one person, one shopper, one device, and of one network address that
   * shows no token. A page of the dashboard asks for some twenty things as it opens.
   */
  personRequests: { perSecond: 50, burst: 500 },
  shopperRequests: { perSecond: 10, burst: 100 },
  deviceRequests: { perSecond: 10, burst: 100 },
  addressRequests: { perSecond: 20, burst: 400 },
  /** Tokens that were refused, from one network address: when it has shown so many, none of its is looked at. */
  addressRefusals: { perSecond: 5, burst: 200 },
  /** Those whose requests are counted at the same time, of each kind. */
  requestCounters: 20_000,
  /** Requests of one tenant that are worked off at the same time, and that wait for their turn; more are told to come again. */
  tenantRequestsAtOnce: 50,
  tenantRequestsWaiting: 200,
  tenantRetrySeconds: 1,
  /** What a live connection may ask a second, and at once after a pause. */
  liveRequests: { perSecond: 2, burst: 100 },
  /** Proxies that may be named as those that stand before the cloud, and how many hops of theirs are looked at. */
  trustedProxies: 20,
  /** Between two looks at who takes longer. */
  httpSlowPollMs: 1_000,
} as const
