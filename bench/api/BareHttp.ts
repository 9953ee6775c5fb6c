/** Requests a second that a bare node:http handler answers to the client of the bench. */
import { Door } from "./Door.ts"
import { startPart } from "../ingest/Stage.ts"

const connections = 64
const warmUpMs = 1_000

/** Starts one in a process of its own and asks it for so many seconds. */
export const bareHttp = async (seconds: number): Promise<number> => {
  const program = startPart("BareHttp", [], import.meta.dirname)
  const { listening } = await program.json<{ listening: number }>("listening")
  const door = new Door(listening, connections)
  let answered = 0
  let isOver = false
  const ask = async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- set below
    while (!isOver) {
      await door.ask("POST", "/api/me/rental", "token", { branch_id: "00000000-0000-4000-8000-000000000000" })
      answered += 1
    }
  }
  const all = Array.from({ length: connections }, ask)
  await new Promise((resolve) => void setTimeout(resolve, warmUpMs))
  answered = 0
  const startedAt = performance.now()
  await new Promise((resolve) => void setTimeout(resolve, seconds * 1_000))
  const rate = answered / ((performance.now() - startedAt) / 1_000)
  isOver = true
  await Promise.all(all)
  door.close()
  await program.stop()
  return rate
}
