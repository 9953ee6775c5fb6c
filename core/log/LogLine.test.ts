import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, References } from "effect"
import { type LogFormat, logLine } from "./LogLine.ts"

const source = { service: "cloud", version: "1.2.3" } as const

/** The lines that an effect logs. */
const logged = (effect: Effect.Effect<unknown>, format: LogFormat = "json") =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const keep = Logger.map(logLine(source, format), (line) => void lines.push(line))
    yield* effect.pipe(Effect.provide(Logger.layer([keep])), Effect.provideService(References.MinimumLogLevel, "All"))
    return lines
  })

const json = (effect: Effect.Effect<unknown>) =>
  Effect.map(logged(effect), (lines) => lines.map((line): Record<string, unknown> => JSON.parse(line)))

const trace = "0af7651916cd43dd8448eb211c80319c"
const span = "b7ad6b7169203331"

describe("a line of log", () => {
  it.effect("names device, command and trace by the same names, wherever they come from", () =>
    Effect.gen(function* () {
      const lines = yield* json(
        Effect.logInfo("a stage", { commandId: "c", traceparent: `00-${trace}-${span}-01` }).pipe(
          Effect.andThen(Effect.logWarning("late", { command_id: "c" })),
          Effect.annotateLogs({ deviceId: "d" }),
        ),
      )
      const common = { ...source, device: "d", commandId: "c" }
      assert.deepInclude(lines[0], { ...common, level: "info", msg: "a stage", trace_id: trace, span_id: span })
      assert.deepInclude(lines[1], { ...common, level: "warn", msg: "late" })
      assert.match(String(lines[0]?.["ts"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
    }),
  )

  it.effect("says what went wrong", () =>
    Effect.gen(function* () {
      const lines = yield* json(
        Effect.die(new Error("the reason")).pipe(Effect.catchCause((cause) => Effect.logError("it failed", cause))),
      )
      assert.deepInclude(lines[0], { msg: "it failed", level: "error" })
      assert.include(String(lines[0]?.["err"]), "the reason")
    }),
  )

  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"
  for (const format of ["json", "pretty"] as const) {
    it.effect(`holds no secret and no phone number, as ${format}`, () =>
      Effect.gen(function* () {
        const lines = yield* logged(
          Effect.logError(
            `postgres://cartwise:hunter2@db/x refused Bearer ${jwt} of +972 54-123-4567, password=hunter2`,
            { password: "hunter2", access_token: jwt, user: { phone: "054-1234567", note: "call 0541234567" } },
            { detail: `{"token":"hunter2"} ${jwt}`, list: ["+972541234567"] },
          ).pipe(Effect.annotateLogs({ authorization: `Bearer ${jwt}` })),
          format,
        )
        const text = lines.join("\n")
        assert.notInclude(text, "hunter2")
        assert.notInclude(text, jwt)
        assert.notMatch(text.replace(/"?ts"?\S+|^\S+/gu, ""), /54-?123-?4567|541234567/u)
      }),
    )

    it.effect(`is one line, whatever it quotes, as ${format}`, () =>
      Effect.gen(function* () {
        const evil = 'x\n{"level":"error"}\u001b[2J\r\u0085'
        const lines = yield* logged(Effect.logInfo(evil, { evil }), format)
        // oxlint-disable-next-line no-control-regex
        assert.notMatch(lines.join("|"), /[\n\r\u001b]/u)
      }),
    )
  }

  it.effect("leaves ids, instants and numbers as they are", () =>
    Effect.gen(function* () {
      const fields = {
        id: "00000003-0000-4000-8000-000000000001",
        at: "2026-11-24T17:20:58.000Z",
        epoch: 1795541625000,
      }
      const [line] = yield* json(Effect.logInfo("the API listens on 127.0.0.1:8000", fields))
      assert.deepInclude(line, { ...fields, msg: "the API listens on 127.0.0.1:8000" })
    }),
  )

  it.effect("reads well to people", () =>
    Effect.gen(function* () {
      const [line] = yield* logged(
        Effect.logInfo("a device has booted", { deviceId: "d", note: "two words" }),
        "pretty",
      )
      assert.match(line ?? "", /^\S+Z INFO {2}a device has booted device=d note=two words$/u)
    }),
  )
})
