/**
 * Headers on every answer: what a page of ours may load and who may frame it. Scripts come from files of ours only; the
 * API's own documentation page carries its scripts inline, so exactly those are allowed by their hash.
 */
import { createHash } from "node:crypto"
import { HttpServerResponse } from "effect/http"

const policy = (scripts: string): string =>
  [
    "default-src 'self'",
    `script-src ${scripts}`,
    // Style attributes are how a floor plan places its bays.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ")

const common = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

const ownScripts = policy("'self'")

/** Allows the inline scripts of one document of ours, by hash. */
export const policyForDocument = (html: string): string => {
  const scripts = [...html.matchAll(/<script(?![^>]*application\/json)[^>]*>([\s\S]*?)<\/script>/gu)]
  const hashes = scripts.map(([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`)
  return policy(["'self'", ...hashes].join(" "))
}

/** Sets the headers on an answer; a policy the answer brings itself stays. */
export const withSecurityHeaders = (
  response: HttpServerResponse.HttpServerResponse,
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(response, {
    "content-security-policy": ownScripts,
    ...common,
    ...response.headers,
  })
