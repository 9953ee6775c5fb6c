/**
 * A device for tests that has a configuration: its file is what the registry says of it, it names what it runs when it boots,
 * and puts in force what it is told to. It does nothing by itself, so a test decides what crosses what.
 */
import { assert } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { type ConfigDocument, hashOf, sorted, usualTiming } from "#core/config/ConfigDocument.ts"
import { BayId, CartId, ControllerId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import type { placesOf } from "../SmallRegistry.fixture.ts"
import { TestDevice } from "../sync/Device.fixture.ts"

interface Place extends Omit<ReturnType<typeof placesOf>, "cartIds"> {
  readonly cartIds: ReadonlyArray<string>
}

let nextSession = 1

export class ConfigDevice {
  readonly device: TestDevice
  readonly place: Place
  version = 0
  revision = 1
  document: ConfigDocument

  constructor(device: TestDevice, place: Place) {
    this.device = device
    this.place = place
    this.document = sorted({
      v: 1,
      boards: [{ id: ControllerId.make(place.controllerId), hook_closed_bit: 0, presence_bit: 1 }],
      bays: place.bayIds.map((id, index) => {
        const cart = place.cartIds[index]
        return {
          id: BayId.make(id),
          label: `file ${index}`,
          service: "inService" as const,
          cart: cart === undefined ? null : { id: CartId.make(cart), placement: 0 },
        }
      }),
      timing: usualTiming,
    })
  }

  get hash(): string {
    return hashOf(this.document)
  }

  /** Starts anew: a new session that names what it runs. */
  boot(given: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.device.session = nextSession++
    const { hash, revision, version } = this
    return this.device.boot({ config: { version, hash, revision }, ...given })
  }

  /** Says what it runs, and what it will not. */
  say(refused: object | null = null): Promise<void> {
    const { device, document, hash, revision, version } = this
    const applied_at = new Date().toISOString()
    const report = { v: 1, session: device.session, revision, version, hash, applied_at, document, refused }
    return device.say("config/reported", report)
  }

  /** The next offer of those not heard by then, or above a version. */
  async offered(from = 0, above = this.version): Promise<{ version: number; hash: string; document: ConfigDocument }> {
    const message = await this.device.next("config/desired", ({ version }) => Number(version) > above, from)
    const { version, hash, document } = message as { version: number; hash: string; document: ConfigDocument }
    assert.strictEqual(hashOf(document), hash)
    return { version, hash, document }
  }

  /** Puts an offer in force and says so. */
  async take({ version, document }: { version: number; document: ConfigDocument }): Promise<void> {
    this.version = version
    this.document = document
    this.revision += 1
    await this.say()
  }

  /** Boots, says what it runs, and takes what it is offered, until it is what it shall be. */
  async settle(): Promise<void> {
    await this.boot()
    // What the broker has kept came before the answer.
    const from = this.device.heard.length
    await this.say()
    await this.take(await this.offered(from))
  }
}

/** A connected device at a place; gone when the test is over. */
export const configDevice = (place: Place) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, place)),
      (open) => Effect.promise(() => open.stop()),
    )
    return new ConfigDevice(device, place)
  })

/** What is stored of a cart's twin. */
export const cartTwin = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ dock: string; placement: number; device_id: string; bay: string }>`
      select value->>'dock' as dock, placement, device_id, context->>0 as bay from twins where kind = 'cart' and id = ${id}`
    return row ?? assert.fail("no such cart")
  })
