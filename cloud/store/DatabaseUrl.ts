/** A database's address for people and logs: without its password. */
import { Redacted } from "effect"

/** The address with the password left out. */
export const shownUrl = (url: Redacted.Redacted): string =>
  Redacted.value(url).replace(/\/\/([^:@/]*):[^@]*@/u, "//$1:…@")
