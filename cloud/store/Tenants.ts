/**
 * Whose rows the database shows to the work at hand: the wall under every repository. A request is shown what its token may
 * see and nothing more (`HttpServer` begins each with nobody's view); what the cloud does by itself (ingest, sweeps, the live
 * feed) is shown every tenant's rows, in tables that are its business. A view holds for a whole transaction: it is set when
 * that begins.
 */
import { Context, Effect } from "effect"

/** Everything, or these chains with all their branches, and besides these branches. */
export type TenantScope =
  | { readonly all: true }
  | {
      readonly all: false
      readonly chainIds: ReadonlyArray<string>
      readonly branches: ReadonlyArray<{ readonly branchId: string }>
    }

/**
 * `work` is the cloud's own work for all tenants. `owner` is for what only the owner of tables may do, as making a partition:
 * never on behalf of somebody who asks.
 */
export type TenantView = TenantScope | "work" | "owner"

export const Tenants = Context.Reference<TenantView>("cartwise/cloud/store/Tenants", { defaultValue: () => "work" })

const nobody: TenantScope = { all: false, chainIds: [], branches: [] }

/** Runs with the rows of this scope and no others. */
export const within: {
  (scope: TenantScope): <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
} = (scope) => Effect.provideService(Tenants, scope)

/** Runs with no tenant's rows: what a request has before its token was read. */
export const withinNothing = within(nobody)

/** Runs with the rows of one chain. */
export const withinChain = (chainId: string) => within({ all: false, chainIds: [chainId], branches: [] })

/** Runs with every tenant's rows: to find out who somebody is, or where a thing belongs, before there is a scope. */
export const acrossTenants = within({ all: true })

/** Runs as the owner of the tables. */
export const asOwner: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  Tenants,
  "owner",
)
