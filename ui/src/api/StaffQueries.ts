/** Oneself, other people and what they may do, and the audit log. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { NewGrant } from "#core/api/Users.ts"
import { ChainId, GrantId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { call, everyPage } from "./Client.ts"
import { renewUser } from "./Session.ts"

const limit = Limits.pageItemsMax
const refetchMs = 15_000

/** Oneself; asked again and again, so that the page follows what one may do. */
export const profileQuery = queryOptions({
  queryKey: ["profile"],
  queryFn: async ({ signal }) => {
    const profile = await call(({ profile: own }) => own.get(), signal)
    const { second_factor: _, recovery_codes_left: __, ...user } = profile
    renewUser(user)
    return profile
  },
  refetchInterval: refetchMs,
})

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => everyPage(({ users }, cursor) => users.list({ query: { limit, ...cursor } }), signal),
  refetchInterval: refetchMs,
})

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id],
    queryFn: ({ signal }) => call(({ users }) => users.get({ params: { id: UserId.make(id) } }), signal),
  })

export interface NewPerson {
  readonly email: string
  readonly name: string
  readonly grant: NewGrant
}

export const createUser = ({ email, name, grant }: NewPerson) =>
  call(({ users }) => users.create({ payload: { email, name, grants: [grant] } }))

export const changeUser = (id: string, change: { readonly name: string } | { readonly active: boolean }) =>
  call(({ users }) => users.change({ params: { id: UserId.make(id) }, payload: change }))

export const inviteUser = (id: string) => call(({ users }) => users.invite({ params: { id: UserId.make(id) } }))

export const removeSecondFactorOf = (id: string) =>
  call(({ users }) => users.removeSecondFactor({ params: { id: UserId.make(id) } }))

export const giveRole = (id: string, grant: NewGrant) =>
  call(({ users }) => users.grant({ params: { id: UserId.make(id) }, payload: grant }))

export const takeRole = (id: string, grant: string) =>
  call(({ users }) => users.revoke({ params: { id: UserId.make(id), grant: GrantId.make(grant) } }))

/** The newest lines of a chain's log, or of everything one may read; of one person perhaps. */
export const auditQuery = (chain: string | undefined, actor: string | undefined) =>
  queryOptions({
    queryKey: ["audit", chain, actor],
    queryFn: ({ signal }) => {
      const of = {
        ...(chain === undefined ? {} : { chain_id: ChainId.make(chain) }),
        ...(actor === undefined ? {} : { actor }),
      }
      return call(({ audit }) => audit.list({ query: { limit, ...of } }), signal)
    },
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

/** Checks the seals of a chain's log, or of what concerns no chain. */
export const verifyAudit = (chain: string | undefined) =>
  call(({ audit }) => audit.verify({ query: chain === undefined ? {} : { chain_id: ChainId.make(chain) } }))
