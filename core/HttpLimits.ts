/** Bounds of a request over HTTP (reliability.md §3.9); a part of `Limits`. */
export const httpLimits = {
  httpBodyBytes: 64 * 1024,
  httpUrlCharacters: 2 * 1024,
  /** All headers of a request together, with its first line. */
  httpHeaderBytes: 16 * 1024,
  /** How long a client may take to send its headers, and the whole request. */
  httpHeadersMs: 5_000,
  httpRequestMs: 10_000,
  /** What is searched for, its words that count, and how many of each kind are found. */
  searchCharacters: 60,
  searchWords: 4,
  searchHitsPerKind: 8,
  /** Between two looks at who takes longer. */
  httpSlowPollMs: 1_000,
} as const
