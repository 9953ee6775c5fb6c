/**
 * One line of log, for programs (`json`) or for people (`pretty`). Both name the device, the command and the trace a line
 * is about, under the same names wherever it was written, and neither can be broken by what it quotes: everything that
 * came from outside is escaped. Passwords, tokens and phone numbers are left out, even if somebody logs them by mistake.
 */
import { Cause, Logger, References, Schema } from "effect"
import { LogText } from "./LogText.ts"

export const LogFormat = Schema.Literals(["json", "pretty"])
export type LogFormat = typeof LogFormat.Type

/** What every line of a program says of it. */
export interface LogSource {
  readonly service: "cloud" | "edge"
  readonly version?: string
}

type Fields = Record<string, unknown>

/** The names that lines are searched by, however the place that logs calls them. */
const renamed: Readonly<Record<string, string>> = { deviceId: "device", command_id: "commandId" }

const isFields = (part: unknown): part is Fields =>
  typeof part === "object" && part !== null && !Array.isArray(part) && !(part instanceof Error)

/** Adds fields; a trace context becomes the ids of trace and span. */
const add = (line: Fields, fields: Fields): void => {
  for (const [name, value] of Object.entries(fields)) {
    if (name === "traceparent" && typeof value === "string") {
      const [, traceId, spanId] = value.split("-")
      line["trace_id"] = traceId
      line["span_id"] = spanId
    } else if (value !== undefined) line[renamed[name] ?? name] = LogText.clean(name, value)
  }
}

const textOf = (part: unknown): string => LogText.mask(part instanceof Error ? part.message : String(part))

/** What a line says, in the order it is written. */
const fieldsOf = (source: LogSource, { message, logLevel, cause, fiber, date }: Logger.Options<unknown>): Fields => {
  const parts = Array.isArray(message) ? message : [message]
  const line: Fields = {
    ts: date.toISOString(),
    level: logLevel.toLowerCase(),
    msg: parts
      .filter((part) => !isFields(part))
      .map(textOf)
      .join(" "),
    ...source,
  }
  add(line, fiber.getRef(References.CurrentLogAnnotations))
  for (const part of parts) if (isFields(part)) add(line, part)
  if (cause.reasons.length > 0) line["err"] = LogText.mask(Cause.pretty(cause))
  return line
}

/** A value for people: bare if it is a word, else as JSON, so that no line end or escape sequence gets through. */
const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return /^[\w.:/@+-]+$/u.test(text) ? text : LogText.visible(text)
}

const pretty = ({ ts, level, msg, service: _service, version: _version, err, ...rest }: Fields): string => {
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${shown(value)}`)
  const head = `${String(ts)} ${String(level).toUpperCase().padEnd(5)} ${LogText.visible(String(msg))}`
  const trouble = err === undefined ? [] : [`\n${String(err).split("\n").map(LogText.visible).join("\n")}`]
  return [head, ...fields].join(" ") + trouble.join("")
}

/** A logger that gives each line as text. */
export const logLine = (source: LogSource, format: LogFormat): Logger.Logger<unknown, string> =>
  Logger.make((options) => {
    const fields = fieldsOf(source, options)
    return format === "pretty" ? pretty(fields) : JSON.stringify(fields)
  })
