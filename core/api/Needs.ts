/**
 * What a route asks of whoever calls it: one of some capabilities, somewhere. Where exactly is decided by the handler, which
 * knows what the request is about. A route behind the staff's door that says nothing keeps the cloud from starting.
 */
import { Context } from "effect"
import { OpenApi } from "effect/http-api"
import type { Capability } from "../access/Capability.ts"

/** Any of these is enough; none at all: being signed in is enough. */
export class Needs extends Context.Service<Needs, ReadonlyArray<Capability>>()("cartwise/core/api/Needs") {}

/** For `annotateMerge` of an endpoint; the document of the API shows it as `x-capabilities`. */
export const needs = (...capabilities: ReadonlyArray<Capability>) =>
  Context.merge(
    Context.make(Needs, capabilities),
    OpenApi.annotations({ override: { "x-capabilities": capabilities } }),
  )
