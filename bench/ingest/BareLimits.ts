/** What no ingest on this machine can surpass: hearing the messages, and writing the rows, each without anything else. */
import { Limits } from "#core/Limits.ts"
import { ask, type Devices, type Stage, startEdges, startPart } from "./Stage.ts"

const warmUpMessages = 5_000

/** Messages a second that a bare subscriber hears of devices that wait for nobody, one fact a message. */
export const bareSubscriber = async (
  stage: Stage,
  devices: Devices,
  messages: number,
  atOnce: number,
): Promise<number> => {
  const subscriber = startPart("Subscriber", [String(stage.bareMosquitto.port)])
  await subscriber.json("subscribed")
  const edges = await startEdges(stage.bareMosquitto, devices, ["--alone"])
  const hear = async (facts: number) => {
    await ask(edges, { order: "prepare", facts, perMessage: 1 }, "prepared")
    await ask(edges, { order: "flood", atOnce }, "ran")
    return await ask<{ messages: number; seconds: number }>(subscriber, "count", "heard")
  }
  await hear(warmUpMessages)
  const heard = await hear(messages)
  await edges.stop()
  await subscriber.stop()
  return heard.messages / heard.seconds
}

/** Facts a second whose twin row and event row are written by bare statements, as many rows each as ingest takes at most. */
export const bareUpserts = async (stage: Stage, facts: number): Promise<number> => {
  const size = String(Limits.ingestBatchMessages)
  const upserts = startPart("Upserts", [stage.databaseUrl, String(facts), size])
  const { wrote } = await upserts.json<{ wrote: { facts: number; seconds: number } }>("wrote", 60_000)
  await upserts.ended
  return wrote.facts / wrote.seconds
}
