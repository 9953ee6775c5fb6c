import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { toInstant } from "#core/domain/Instant.ts"
import { MetricBook } from "#core/metrics/MetricBook.ts"

import { makeBench } from "../DeviceBench.fixture.ts"
import { makeMemoryDisk } from "../journal/MemoryDisk.ts"
import { EdgeFamilies } from "./EdgeFamilies.ts"
import { meteredDisk } from "./MeteredDisk.ts"
import { startMetricsPort } from "./MetricsPort.ts"

const seriesOf = (text: string) =>
  new Map(
    text
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("# "))
      .map((line) => {
        const cut = line.lastIndexOf(" ")
        return [line.slice(0, cut), Number(line.slice(cut + 1))] as const
      }),
  )

describe("the edge's metrics", () => {
  it.effect("tell of frames, pulses, commands and the journal, without naming a device", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(500)
      const unlock = bench.command()
      bench.send(unlock)
      yield* bench.advance(1_000)
      bench.send(unlock)
      bench.send(bench.command({ epoch: bench.cloud.epoch + 1 }))
      bench.send(bench.command({ issued_at: toInstant(0), expires_at: toInstant(100) }))
      yield* bench.advance(500)
      const program = bench.program()
      assert.isDefined(program)
      const url = yield* startMetricsPort(new MetricBook(), () => (program === undefined ? [] : [program]), 0)
      const text = yield* Effect.promise(() => fetch(url).then((response) => response.text()))
      const series = seriesOf(text)
      assert.isAbove(series.get('cartwise_serial_frames_total{result="answer"}') ?? 0, 10)
      assert.strictEqual(series.get('cartwise_serial_frames_total{result="timeout"}'), 0)
      assert.strictEqual(series.get('cartwise_lock_pulse_total{result="written"}'), 1)
      assert.isAbove(series.get('cartwise_serial_roundtrip_seconds{quantile="0.5"}') ?? 0, 0)
      assert.strictEqual(series.get("cartwise_command_accepted_total"), 1)
      assert.strictEqual(series.get("cartwise_command_duplicate_total"), 1)
      assert.strictEqual(series.get("cartwise_command_expired_total"), 1)
      assert.strictEqual(series.get('cartwise_command_rejected_total{reason="wrong_epoch"}'), 1)
      assert.strictEqual(series.get("cartwise_mqtt_connections_total"), 1)
      assert.strictEqual(series.get("cartwise_journal_lost_total"), 0)
      assert.isAbove(series.get("cartwise_journal_bytes") ?? 0, 0)
      assert.isAbove(series.get("process_resident_memory_bytes") ?? 0, 1_000_000)
      assert.notMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-/u)
      const other = yield* Effect.promise(() => fetch(new URL("/state", url)))
      assert.strictEqual(other.status, 404)
    }),
  )

  it.effect("time every sync of the journal", () =>
    Effect.gen(function* () {
      const book = new MetricBook()
      const disk = meteredDisk(makeMemoryDisk(), book)
      const file = yield* disk.append("a")
      yield* file.write(new Uint8Array([1]))
      yield* file.sync
      yield* file.sync
      assert.strictEqual(seriesOf(book.text()).get(`${EdgeFamilies.fsync.name}_count`), 2)
      assert.deepStrictEqual(yield* disk.read("a"), new Uint8Array([1]))
    }),
  )
})
