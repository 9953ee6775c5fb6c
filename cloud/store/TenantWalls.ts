/**
 * Which rows of each table are whose, as data: one line a table. From it come the policies of row-level security and the
 * rights of the roles, put up again whenever they differ (`RaiseWalls`). **A new table needs a line here**: without one
 * its rows are shown to the cloud's own work and to the platform only, and a test fails. One with columns `chain_id` (and
 * `branch_id`) of its own is walled by them without a line.
 */

/** What a role may do with a table. */
export type Rights = "all" | "read" | "append" | "none"

export type Wall = {
  /** The rights of requests; `append` is reading and inserting. */
  readonly requests?: Rights
  /** The rights of the cloud's own work. */
  readonly work?: Rights
} & (
  | { readonly rows: "chain"; readonly chain?: string }
  | { readonly rows: "branch"; readonly chain?: string; readonly branch?: string }
  /**
   * Of whoever has the row it belongs to. `isWrittenBeside`: it is inserted in the statement that inserts that row, which
   * a policy cannot see yet; reading, changing and removing are walled all the same.
   */
  | {
      readonly rows: "through"
      readonly table: string
      /** Columns here and what each is there. */
      readonly on: Readonly<Record<string, string>>
      readonly isWrittenBeside?: true
    }
  /** A condition of its own beside having everything. */
  | { readonly rows: "where"; readonly condition: string }
  /** Nobody's who does not have everything. */
  | { readonly rows: "platform" }
  /** Holds nothing of tenants, or is read by a secret only. */
  | { readonly rows: "open" }
)

const ofDevice = { rows: "through", table: "devices", on: { device_id: "id" } } as const
const ofTwin = { rows: "through", table: "twins", on: { kind: "kind", twin_id: "id" } } as const
const ofCommand = { rows: "through", table: "commands", on: { command_id: "id" }, isWrittenBeside: true } as const

export const tenantWalls: Readonly<Record<string, Wall>> = {
  chains: {
    rows: "where",
    condition: `id = any ((select cartwise_chains())::uuid[])
      or exists (select 1 from branches b where b.chain_id = chains.id)`,
  },
  branches: { rows: "branch", branch: "id" },
  devices: { rows: "through", table: "branches", on: { branch_id: "id" } },
  controllers: ofDevice,
  bays: { rows: "through", table: "branches", on: { branch_id: "id" } },
  carts: { rows: "through", table: "branches", on: { branch_id: "id" } },
  twins: { rows: "branch" },
  twin_events: ofTwin,
  twin_states: ofTwin,
  divergences: ofTwin,
  alarms: { rows: "branch" },
  alarm_events: { rows: "through", table: "alarms", on: { alarm_id: "id" }, isWrittenBeside: true },
  /** How a chain tunes the rules is read in all its branches. */
  alarm_rule_tunings: { rows: "through", table: "chains", on: { chain_id: "id" } },
  /** Signed once: nobody changes or removes one. */
  commissionings: { rows: "branch", requests: "append", work: "read" },
  device_sessions: ofDevice,
  device_configs: ofDevice,
  board_reports: ofDevice,
  device_claims: { rows: "through", table: "branches", on: { branch_id: "id" } },
  device_tokens: ofDevice,
  /** Found by what a device sends, before anybody knows whose it is. */
  device_nonces: { rows: "open" },
  registration_tries: { rows: "open" },
  journals: ofDevice,
  telemetry: ofDevice,
  commands: ofDevice,
  command_stages: ofCommand,
  command_notes: ofCommand,
  /** Written by the statement that writes the command, and read by the cloud's own work only. */
  outbox: { rows: "open" },
  /** Found by the person and the key only. */
  request_keys: { rows: "open" },
  rentals: { rows: "branch" },
  rental_messages: { rows: "through", table: "rentals", on: { rental_id: "id" }, isWrittenBeside: true },
  shoppers: {
    rows: "where",
    condition: `chain_id = any ((select cartwise_chains())::uuid[])
      or exists (select 1 from rentals r where r.shopper_id = shoppers.id)`,
  },
  otp_challenges: { rows: "branch" },
  quarantine: {
    rows: "where",
    condition: "exists (select 1 from devices d where d.id::text = quarantine.device_id)",
  },
  quarantine_counts: { rows: "platform" },

  /** Who somebody is, and what they hold, is found out before there is a scope. */
  users: { rows: "open" },
  grants: { rows: "open" },
  staff_sessions: { rows: "open" },
  refresh_tokens: { rows: "open" },
  second_factors: { rows: "open" },
  recovery_codes: { rows: "open", work: "none" },
  invitations: { rows: "open", work: "none" },

  /** Chains of seals are looked at whole; nobody changes or removes a line. */
  audit_log: { rows: "open", requests: "append", work: "append" },
  audit_seals: { rows: "open", requests: "append", work: "append" },
  audit_unsealed: { rows: "open" },
}
