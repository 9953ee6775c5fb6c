/** The cloud's book of what it counts as it happens. What can be looked up is looked up when somebody asks. */
import { Context, Layer } from "effect"
import { MetricBook } from "#core/metrics/MetricBook.ts"

export class Meters extends Context.Service<Meters, MetricBook>()("cartwise/cloud/metrics/Meters") {
  static readonly layer = Layer.sync(Meters, () => new MetricBook())
}
