/**
 * A shopper's phone number: E.164 (`+972501234567`) everywhere inside. What people type is read as they mean it, an
 * Israeli mobile without country code too; what is shown has most of its digits covered.
 */
import { Result, Schema } from "effect"

/** `+`, a country code, the number: 8 to 15 digits (ITU-T E.164 §6.2.1). */
export const Phone = Schema.String.check(Schema.isPattern(/^\+[1-9][0-9]{7,14}$/u)).pipe(Schema.brand("Phone"))
export type Phone = typeof Phone.Type

/** Why a text is no number we can use: a stable code. */
export const PhoneProblem = Schema.Literals(["not_a_phone", "not_a_mobile", "country_not_served"])
export type PhoneProblem = typeof PhoneProblem.Type

const separators = /[\s().\-\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const isPhone = Schema.is(Phone)

/** Israeli mobile numbers: 05 and eight more digits (Israel's numbering plan). */
const israeliMobile = /^\+9725[0-9]{8}$/u

/** Reads a number as typed: separators are passed over, `00` means `+`, and a leading single `0` means Israel. */
export const readPhone = (typed: string): Result.Result<Phone, PhoneProblem> => {
  const plain = typed.replace(separators, "").replace(/^00/u, "+")
  const international = /^0[1-9]/u.test(plain)
    ? `+972${plain.slice(1)}`
    : /^972[0-9]+$/u.test(plain)
      ? `+${plain}`
      : plain
  if (!isPhone(international)) return Result.fail("not_a_phone")
  if (international.startsWith("+972") && !israeliMobile.test(international)) return Result.fail("not_a_mobile")
  return Result.succeed(international)
}

/** True for numbers of a country code, for example `+972`. */
export const isOfCountry = (phone: Phone, countryCode: string): boolean => phone.startsWith(countryCode)

const cover = "•••"

/** The number as it may be shown: `050-•••-4567`, or `+44•••4567` for another country. */
export const maskPhone = (phone: Phone): string =>
  israeliMobile.test(phone)
    ? `0${phone.slice(4, 6)}-${cover}-${phone.slice(-4)}`
    : `${phone.slice(0, 3)}${cover}${phone.slice(-4)}`

/** The last four digits, by which people find a rental. */
export const lastDigits = (phone: Phone): string => phone.slice(-4)
