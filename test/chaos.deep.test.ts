/**
 * Process chaos: cloud, edge with boards on a tty, Mosquitto and Postgres as programs of their own, under load; each is
 * killed and stopped three times, every line between them is broken, single messages come late, again or from a grave,
 * disks fill up. After each round all invariants are judged on what independent witnesses saw. `npm run chaos` is the same
 * with as many rounds as one likes.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { chaosLanes } from "./chaos/ChaosPlan.ts"
import { type ChaosReport, runChaos } from "./chaos/ChaosRun.ts"
import { allViolations, printChaos } from "./chaos/ChaosTable.ts"
import { invariantNames } from "./chaos/Invariants.ts"
import { shoppers } from "./chaos/Renters.ts"

const rounds = 3
/** Fixed, so that two runs of the suite ask for the same; other seeds by hand. */
const seed = Number(process.env["CHAOS_SEED"] ?? 1_978_527_311)
const replay = `npm run chaos -- --rounds ${rounds} --seed ${seed}`
const lanes = chaosLanes(rounds)
let reports: ReadonlyArray<ChaosReport> = []

beforeAll(async () => {
  console.log(`seed ${seed}: ${replay}`)
  reports = await runChaos({ seed, lanes })
})

afterAll(() => printChaos(reports))

describe(`chaos of seed ${seed}`, () => {
  it("struck with every fault as often as planned, while staff opened carts and shoppers rented them", () => {
    const struck = reports.map(({ rounds }) => rounds.map(({ round }) => round.fault))
    const planned = lanes.map((lane) =>
      lane.flatMap(({ fault, rounds }) => Array.from({ length: rounds }, () => fault.name)),
    )
    assert.deepEqual(struck, planned)
    for (const { history, rounds } of reports) {
      const confirmed = history.commands.filter(({ kind, stage }) => kind === "unlock" && stage === "confirmed").length
      assert.isAtLeast(confirmed, rounds.length, "fewer carts were opened than rounds were struck")
      assert.isAtLeast(history.pulses.length, confirmed)
      assert.isAtLeast(history.rentals.length, shoppers, "not even one rental for each shopper")
    }
    const shopped = reports
      .flatMap(({ history }) => history.rentals)
      .filter(({ pickedUpAtMs }) => pickedUpAtMs !== undefined)
    assert.isAtLeast(shopped.length, shoppers, "hardly anybody came out with a cart")
  })

  for (const name of invariantNames) {
    it(`${name}: never broken`, () => {
      const broken = allViolations(reports).filter(({ invariant }) => invariant === name)
      const words = reports.map(({ lastWords }) => lastWords).join("\n")
      assert.deepEqual(broken, [], `${replay}\n${words}`)
    })
  }
})
