/**
 * A name for one request (`Idempotency-Key`): sent again after no answer came, it is the same command. Made of random
 * numbers rather than `crypto.randomUUID`, which a page that did not come over HTTPS does not have.
 */
export const newRequestKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-")
