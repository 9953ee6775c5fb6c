/** What the installer's page asks of the API. */
import { queryOptions } from "@tanstack/react-query"
import type { BayFound } from "#core/api/Commissionings.ts"
import { BayId, BranchId, ControllerId } from "#core/domain/Ids.ts"
import { call } from "../api/Client.ts"
import { newRequestKey } from "../api/RequestKey.ts"

const probePollMs = 500

export const newClaim = (branchId: string) =>
  call(({ devices }) => devices.claim({ payload: { branch_id: BranchId.make(branchId) } }))

/** Asks a board's device to look at it; gives the command's id. */
export const askProbe = async (controllerId: string, reason: string): Promise<string> => {
  const request = {
    params: { id: ControllerId.make(controllerId) },
    headers: { "idempotency-key": newRequestKey() },
    payload: { reason },
  }
  return (await call(({ commands }) => commands.probe(request))).command_id
}

/** What was found by a probe; asked for until that very probe has been answered. */
export const probeQuery = (controllerId: string, commandId: string | undefined) =>
  queryOptions({
    queryKey: ["probe", controllerId, commandId],
    queryFn: ({ signal }) =>
      call(({ boardReports }) => boardReports.probe({ params: { id: ControllerId.make(controllerId) } }), signal),
    enabled: commandId !== undefined,
    refetchInterval: ({ state }) => (state.data?.command_id === commandId ? false : probePollMs),
    retry: false,
  })

/** One pulse for a bay, whether or not a cart belongs in it. */
export const testLock = async (bayId: string, reason: string, key: string): Promise<string> => {
  const request = { params: { id: BayId.make(bayId) }, headers: { "idempotency-key": key }, payload: { reason } }
  return (await call(({ commands }) => commands.unlockBay(request))).command_id
}

export const commissioningsQuery = (branchId: string) =>
  queryOptions({
    queryKey: ["commissionings", branchId],
    queryFn: ({ signal }) =>
      call(({ commissionings }) => commissionings.list({ params: { id: BranchId.make(branchId) } }), signal),
  })

export const signOff = (branchId: string, bays: ReadonlyArray<BayFound>, note: string, key: string) =>
  call(({ commissionings }) =>
    commissionings.sign({
      params: { id: BranchId.make(branchId) },
      headers: { "idempotency-key": key },
      payload: { bays, note: note === "" ? null : note },
    }),
  )
