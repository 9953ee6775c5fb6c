import { assert, describe, it } from "@effect/vitest"
import { MetricBook } from "./MetricBook.ts"
import { addProcessMetrics } from "./ProcessMetrics.ts"

const opened = { name: "cartwise_opened_total", help: "Bays opened." }

describe("a book of metrics", () => {
  it("sums the series of a counter, or those whose labels are wanted", () => {
    const book = new MetricBook()
    book.count(opened, { by: "hand" }, 2)
    book.count(opened, { by: "command" }, 3)
    book.count({ ...opened, name: `${opened.name}_other` }, { by: "hand" }, 5)
    assert.strictEqual(book.total(opened), 5)
    assert.strictEqual(
      book.total(opened, ([by]) => by === "hand"),
      2,
    )
  })

  it("writes counters, gauges and histograms in the text format", () => {
    const book = new MetricBook()
    book.count(opened, { by: "hand" })
    book.count(opened, { by: "hand" }, 2)
    book.count(opened, { by: 'a "name"\nin two lines' })
    book.set({ name: "cartwise_depth", help: "Depth." }, 4)
    book.set({ name: "cartwise_depth", help: "Depth." }, 3)
    book.observe({ name: "cartwise_took_seconds", help: "Took." }, 0.02)
    const lines = book.text().split("\n")
    for (const line of [
      "# HELP cartwise_opened_total Bays opened.",
      "# TYPE cartwise_opened_total counter",
      'cartwise_opened_total{by="hand"} 3',
      'cartwise_opened_total{by="a \\"name\\"\\nin two lines"} 1',
      "# TYPE cartwise_depth gauge",
      "cartwise_depth 3",
      "# TYPE cartwise_took_seconds histogram",
      'cartwise_took_seconds_bucket{le="0.01"} 0',
      'cartwise_took_seconds_bucket{le="0.025"} 1',
      'cartwise_took_seconds_bucket{le="+Inf"} 1',
      "cartwise_took_seconds_sum 0.02",
      "cartwise_took_seconds_count 1",
    ]) {
      assert.include(lines, line)
    }
  })

  it("counts for itself only", () => {
    const [one, other] = [new MetricBook(), new MetricBook()]
    one.count(opened)
    assert.strictEqual(other.text(), "")
  })

  it("tells what the process costs under the usual names", () => {
    const book = new MetricBook()
    const loopLagSeconds = { mean: 0.001, p99: 0.002, max: 0.003 }
    addProcessMetrics(book, { cpuSeconds: 1.5, residentBytes: 1024, startedAtSeconds: 7, loopLagSeconds })
    assert.include(book.text(), "process_cpu_seconds_total 1.5\n")
    assert.include(book.text(), "process_resident_memory_bytes 1024\n")
    assert.include(book.text(), 'cartwise_event_loop_lag_seconds{stat="p99"} 0.002\n')
  })
})
