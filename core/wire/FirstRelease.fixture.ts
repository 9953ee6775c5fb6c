/**
 * The messages of the handshake and of facts as the first release read and wrote them, frozen: what it could not read it
 * cannot read today in a branch that was never updated. Nothing here follows the schemas of now.
 */
import { Schema } from "effect"

const journal = { id: Schema.String, acknowledged: Schema.Int }
const Watermarks = Schema.Struct({ ...journal, written: Schema.Int })
const Machines = Schema.Struct({ device: Schema.Int, controller: Schema.Int, bay: Schema.Int, cart: Schema.Int })
const Twin = Schema.Struct({ kind: Schema.Literals(["device", "controller", "bay", "cart"]), id: Schema.String })

export const firstBoot = Schema.Struct({
  v: Schema.Literal(1),
  session: Schema.Int,
  reason: Schema.Literals(["start", "reconnect", "epoch_lost"]),
  firmware_version: Schema.String,
  machines: Machines,
  journal: Watermarks,
  mono_ms: Schema.Finite,
  at: Schema.String,
  simulated: Schema.Boolean,
})

export const firstReply = Schema.Union([
  Schema.Struct({
    v: Schema.Literal(1),
    status: Schema.Literal("accepted"),
    session: Schema.Int,
    epoch: Schema.Int,
    server_time: Schema.String,
    mono_ms: Schema.Finite,
    heartbeat_ms: Schema.Int,
    journal: Schema.Struct(journal),
  }),
  Schema.Struct({
    v: Schema.Literal(1),
    status: Schema.Literals(["pending", "rejected"]),
    session: Schema.Int,
    reason: Schema.String,
    retry_ms: Schema.Int,
  }),
])

export const firstFacts = Schema.Struct({
  v: Schema.Literal(1),
  session: Schema.Int,
  journal_id: Schema.String,
  replay: Schema.Boolean,
  facts: Schema.Array(
    Schema.Struct({
      fact: Schema.Literal("twin"),
      seq: Schema.Int,
      twin: Twin,
      event: Schema.Json,
      accepted: Schema.Boolean,
      value: Schema.Json,
      announces: Schema.Array(Schema.String),
    }),
  ),
})

export const firstSnapshot = Schema.Struct({
  v: Schema.Literal(1),
  session: Schema.Int,
  epoch: Schema.Int,
  journal_id: Schema.String,
  seq: Schema.Int,
  at: Schema.Int,
  simulated: Schema.Boolean,
  twins: Schema.Array(
    Schema.Struct({
      twin: Twin,
      version: Schema.Int,
      value: Schema.Json,
      context: Schema.Json,
      fresh_at: Schema.NullOr(Schema.Int),
    }),
  ),
})
