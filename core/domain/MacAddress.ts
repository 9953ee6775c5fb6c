/** A network card's address. Devices write it as they like; it is kept and compared as `02:CA:27:00:00:01`. */
import { Schema } from "effect"

/** As it is kept. */
export const MacAddress = Schema.String.check(Schema.isPattern(/^[0-9A-F]{2}(?::[0-9A-F]{2}){5}$/u))

/** As devices and people write it: either case, with colons or dashes. */
export const TypedMacAddress = Schema.String.check(Schema.isPattern(/^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$/u))

/** What was typed as it is kept. */
export const readMacAddress = (typed: string): string => typed.toUpperCase().replaceAll("-", ":")
