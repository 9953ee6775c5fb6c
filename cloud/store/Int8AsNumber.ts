/** 64-bit integers of the database as numbers: everything stored is below 2^53. */
import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

/** Int8 as numbers. Fails on a value that a number cannot hold, which nothing here ever writes or reads. */
export const int8AsNumber = (() => {
  const registry = PgTypes.makeRegistry()
  const half = 2 ** 32
  const read = (bytes: Uint8Array): Result.Result<number, PgTypes.CodecError> => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
    const value = view.getInt32(0) * half + view.getUint32(4)
    return Number.isSafeInteger(value)
      ? Result.succeed(value)
      : Result.fail(new PgTypes.CodecError({ message: `int8 ${value} does not fit a number` }))
  }
  const encode = (given: number | bigint): Result.Result<Uint8Array, PgTypes.CodecError> => {
    const value = Number(given)
    if (!Number.isSafeInteger(value)) {
      return Result.fail(new PgTypes.CodecError({ message: `${given} is no whole number that a number can hold` }))
    }
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    const high = Math.floor(value / half)
    view.setInt32(0, high)
    view.setUint32(4, value - high * half)
    return Result.succeed(bytes)
  }
  registry.register(PgTypes.OID.int8, { encode, decode: read })
  return registry
})()
