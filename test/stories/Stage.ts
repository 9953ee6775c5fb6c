/**
 * Where the stories of staff and engineers are played: the real demo with nobody walking about, a browser, somebody who has
 * signed in at a desk, a phone in a pocket, shoppers, and hands at the bays.
 */
import type { Browser, Page } from "playwright-core"
import { assert } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import type { SimulationVerb } from "#core/api/Api.ts"
import type { Bay, Branch } from "#core/api/Records.ts"
import { startBrowser } from "../support/Browser.ts"
import { demoPlace, startDemo } from "../support/Demo.ts"
import type { Program } from "../support/Program.ts"
import { type Rest, signIn } from "../support/Rest.ts"
import { proveNumber, type ShopperRest } from "../support/ShopperRest.ts"
import { signInAt } from "../support/signInAt.ts"

const deskSize = { width: 1360, height: 900 }
const phoneSize = { width: 360, height: 740 }

/** A shopper who is out with a cart. */
export interface Shopping {
  readonly shopper: ShopperRest
  readonly rental: string
  readonly bay: Bay
}

export class Stage {
  readonly ready: DemoReady
  readonly rest: Rest
  /** The desk. */
  readonly page: Page
  readonly #program: Program
  readonly #browser: Browser

  private constructor(program: Program, ready: DemoReady, rest: Rest, browser: Browser, page: Page) {
    this.#program = program
    this.ready = ready
    this.rest = rest
    this.#browser = browser
    this.page = page
  }

  static async open(): Promise<Stage> {
    const { program, ready } = await startDemo(await demoPlace())
    const rest = await signIn(ready.url, ready.email, ready.password)
    const browser = await startBrowser()
    const page = await browser.newPage({ viewport: deskSize })
    await signInAt(page, ready)
    return new Stage(program, ready, rest, browser, page)
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.#program.stop("SIGINT")
  }

  /** The same person, signed in on a phone. */
  async phone(): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: phoneSize })
    await signInAt(page, this.ready)
    return page
  }

  async items<T>(path: string): Promise<ReadonlyArray<T>> {
    const { status, body } = await this.rest.get<{ readonly items: ReadonlyArray<T> }>(path)
    assert.strictEqual(status, 200, JSON.stringify(body))
    return body.items
  }

  async branch(code: string): Promise<Branch> {
    const found = (await this.items<Branch>("/api/branches")).find(({ branch_code }) => branch_code === code)
    return found ?? assert.fail(`there is no branch ${code}`)
  }

  bays(branch: string): Promise<ReadonlyArray<Bay>> {
    return this.items<Bay>(`/api/branches/${branch}/bays?limit=1000`)
  }

  async bay(branch: string, label: string): Promise<Bay> {
    const found = (await this.bays(branch)).find((one) => one.label === label)
    return found ?? assert.fail(`there is no bay ${label}`)
  }

  /** What somebody does who stands before the bay. */
  async hand(bay: string, verb: SimulationVerb): Promise<void> {
    const { status, body } = await this.rest.post(`/api/simulation/bays/${bay}/${verb}`, undefined)
    assert.strictEqual(status, 200, JSON.stringify(body))
  }

  /** A shopper rents at a branch, pulls the cart out and goes shopping. */
  async shops(branch: string, phone: string): Promise<Shopping> {
    const shopper = await proveNumber(this.rest, branch, phone)
    await shopper.rent()
    const { id, bay_label } = await shopper.until("pickup.waiting")
    const bay = await this.bay(branch, bay_label ?? "")
    await this.hand(bay.id, "take")
    await shopper.until(/^active\./u)
    return { shopper, rental: id, bay }
  }
}
