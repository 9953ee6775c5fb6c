/** Requests a second that a bare node:http handler answers to the client of the bench. */
import { startPart } from "../ingest/Stage.ts"
import { flood, type FloodRequest } from "./flood.ts"

const request: FloodRequest = {
  path: "/api/me/rental",
  token: "token",
  body: { branch_id: "00000000-0000-4000-8000-000000000000" },
}

/** Starts one in a process of its own and asks it for so many seconds. */
export const bareHttp = async (seconds: number): Promise<number> => {
  const program = startPart("BareHttp", [], import.meta.dirname)
  const { listening } = await program.json<{ listening: number }>("listening")
  const { perSecond } = await flood(listening, seconds, () => request)
  await program.stop()
  return perSecond
}
