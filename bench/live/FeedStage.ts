/** The real cloud over a Postgres of its own, whose live stream is measured, and events at a rate. */
import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { type Program, startProgram } from "#test/support/Program.ts"
import { signIn } from "#test/support/Rest.ts"
import { temporaryFolder } from "#test/support/TemporaryFolder.ts"
import { type BayChanges, openBayChanges } from "./BayChanges.ts"
import type { Held } from "./Held.ts"

/** How long the start of a cloud with many twins may take. */
const startMs = 120_000
/** Events of so many milliseconds are committed at once: a micro-batch of a busy ingest. */
const commitEveryMs = 10

export const person = { email: "bench@cartwise.example", password: "correct horse battery" } as const

export interface FeedStage {
  readonly url: string
  readonly token: string
  readonly feed: Program
  readonly folder: string
  /** Lets so many twins a second change for so many seconds; gives how many did. */
  readonly change: (perSecond: number, seconds: number) => Promise<number>
  /** What the cloud holds in memory, after a collection of garbage. */
  readonly held: () => Promise<Held>
  readonly stop: () => Promise<void>
}

/** Starts it with this registry, whose devices are numbered from 1 to `devices`, all online with their carts parked. */
export const openFeedStage = async (
  registry: (typeof RegistryDocument)["Encoded"],
  devices: number,
  nodeOptions: ReadonlyArray<string> = [],
): Promise<FeedStage> => {
  const folder = await temporaryFolder("live")
  const scope = Scope.makeUnsafe()
  const postgres = await Effect.runPromise(
    startEmbeddedPostgres({ dataDir: join(folder, "postgres") }).pipe(Effect.provideService(Scope.Scope, scope)),
  )
  const registryFile = join(folder, "registry.json")
  const users = [
    { id: "00000007-0000-4000-8000-000000000001", name: "Bench", role: "platform_admin", ...person },
  ] as const
  await writeFile(registryFile, JSON.stringify({ ...registry, users }))
  const feed = startProgram(
    "the cloud",
    process.execPath,
    ["--expose-gc", ...nodeOptions, join(import.meta.dirname, "Feed.process.ts")],
    {
      env: {
        API_PORT: "0",
        MQTT_PORT: "0",
        DATABASE_URL: postgres.url,
        CARTWISE_DATA_DIR: join(folder, "cloud"),
        REGISTRY_FILE: registryFile,
      },
    },
  )
  const { url } = await feed.json<{ url: string }>("url", startMs)
  const { token } = await signIn(url, person.email, person.password)
  const changes = await openBayChanges(postgres.url, devices)
  return {
    url,
    token,
    feed,
    folder,
    change: (perSecond, seconds) => pace(changes, feed, perSecond, seconds),
    held: async () => {
      const said = () => feed.lines().filter((line) => line.startsWith('{"held"'))
      const before = said().length
      feed.send('"memory"')
      await feed.line(() => said().length > before, "what it holds")
      return (JSON.parse(said()[before] ?? "") as { held: Held }).held
    },
    stop: async () => {
      await changes.close()
      await feed.stop()
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Half of the twins that change are bays, the others the carts in them. */
const pace = async (changes: BayChanges, feed: Program, perSecond: number, seconds: number): Promise<number> => {
  const begunMs = performance.now()
  let done = 0
  for (;;) {
    const passedMs = performance.now() - begunMs
    if (passedMs >= seconds * 1_000) return done
    const bays = Math.floor(((passedMs / 1_000) * perSecond - done) / 2)
    if (bays > 0) {
      feed.send(JSON.stringify(await changes.next(bays)))
      done += 2 * bays
    }
    const pauseMs = commitEveryMs - ((performance.now() - begunMs) % commitEveryMs)
    await new Promise((resolve) => void setTimeout(resolve, pauseMs))
  }
}
