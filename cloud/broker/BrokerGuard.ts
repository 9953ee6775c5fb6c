/**
 * Who is on the embedded broker and what they may do there. A device signs in with its id and its password; what it may say
 * and hear comes from the one table of `core/wire/BrokerPolicy.ts`. Whoever was put out, or has a new password, is taken off
 * the line: at once when the cloud hears of it, else with the next look.
 */
import { Effect, Redacted } from "effect"
import type { SqlError } from "effect/sql"
import type { Client } from "aedes"
import {
  type BrokerMessage,
  type BrokerPrincipal,
  type BrokerRule,
  mayHear,
  mayPublish,
  mayUseClientId,
  rulesOf,
} from "#core/wire/BrokerPolicy.ts"
import { isBrokerPassword } from "../devices/BrokerHash.ts"
import type { BrokerLogin } from "../store/DeviceIdentities.ts"

export interface CloudLogin {
  readonly username: string
  readonly password: Redacted.Redacted
}

/** Devices that may be on the broker now. */
export interface BrokerLogins {
  readonly one: (deviceId: string) => Effect.Effect<BrokerLogin | undefined, SqlError.SqlError>
  readonly all: Effect.Effect<ReadonlyArray<BrokerLogin>, SqlError.SqlError>
}

/** Whether somebody may come in: `unknown` when nobody could be asked. */
export type Entry = "in" | "out" | "unknown"

interface Guest {
  readonly rules: ReadonlyArray<BrokerRule>
  /** Undefined for the cloud. */
  readonly login: BrokerLogin | undefined
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text)

const isSame = (one: BrokerLogin, other: BrokerLogin | undefined): boolean =>
  other !== undefined &&
  one.brokerHash === other.brokerHash &&
  one.branchCode === other.branchCode &&
  one.chainSlug === other.chainSlug

export class BrokerGuard {
  readonly #cloud: CloudLogin
  readonly #logins: BrokerLogins
  readonly #guests = new Map<Client, Guest>()
  /** What was read last: who was let in before is let in while the database is away. */
  readonly #read = new Map<string, BrokerLogin>()

  constructor(cloud: CloudLogin, logins: BrokerLogins) {
    this.#cloud = cloud
    this.#logins = logins
  }

  /** Whether a client may come in with this name and password. */
  enter(client: Client, username: string, password: string): Effect.Effect<Entry> {
    if (username === this.#cloud.username) {
      const isIt = password === Redacted.value(this.#cloud.password)
      return Effect.succeed(isIt ? this.#admit(client, { kind: "cloud" }, undefined) : "out")
    }
    if (!isUuid(username)) return Effect.succeed("out")
    return this.#logins.one(username).pipe(
      Effect.map((login) => {
        if (login === undefined) this.#read.delete(username)
        else this.#read.set(username, login)
        return login
      }),
      Effect.catch(() => Effect.succeed(this.#read.get(username) ?? ("unknown" as const))),
      Effect.map((login): Entry => {
        if (login === "unknown") return "unknown"
        if (login === undefined || !isBrokerPassword(login.brokerHash, password)) return "out"
        return this.#admit(client, { kind: "device", ...login }, login)
      }),
    )
  }

  #admit(client: Client, principal: BrokerPrincipal, login: BrokerLogin | undefined): Entry {
    if (!mayUseClientId(principal, client.id)) return "out"
    this.#guests.set(client, { rules: rulesOf(principal), login })
    return "in"
  }

  left(client: Client): void {
    this.#guests.delete(client)
  }

  mayPublish(client: Client, message: BrokerMessage): boolean {
    const guest = this.#guests.get(client)
    return guest !== undefined && mayPublish(guest.rules, message)
  }

  mayHear(client: Client, filter: string): boolean {
    const guest = this.#guests.get(client)
    return guest !== undefined && mayHear(guest.rules, filter)
  }

  /** Takes a device off the line if it may not be there any more. */
  recheck(deviceId: string): Effect.Effect<void> {
    return this.#logins.one(deviceId).pipe(
      Effect.map((login) => {
        if (login === undefined) this.#read.delete(deviceId)
        this.#keepOnly((guest) => guest.deviceId !== deviceId || isSame(guest, login))
      }),
      Effect.catch((error) =>
        Effect.logWarning("who may be on the broker could not be read", { error: error.message }),
      ),
    )
  }

  /** The same for everybody. */
  get look(): Effect.Effect<void> {
    return Effect.suspend(() => (this.#guests.size === 0 ? Effect.void : this.#lookAtAll))
  }

  get #lookAtAll(): Effect.Effect<void> {
    return this.#logins.all.pipe(
      Effect.map((rows) => {
        this.#read.clear()
        for (const row of rows) this.#read.set(row.deviceId, row)
        this.#keepOnly((guest) => isSame(guest, this.#read.get(guest.deviceId)))
      }),
      Effect.catch((error) =>
        Effect.logWarning("who may be on the broker could not be read", { error: error.message }),
      ),
    )
  }

  #keepOnly(mayStay: (login: BrokerLogin) => boolean): void {
    for (const [client, { login }] of this.#guests) if (login !== undefined && !mayStay(login)) client.close()
  }
}
