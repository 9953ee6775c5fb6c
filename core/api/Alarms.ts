/**
 * Alarms, and what people do about them: see one, take it on, say something, put it aside, close it. A list is newest first.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AlarmCode, AlarmSeverity } from "../domain/Alarm.ts"
import { BranchId, ChainId } from "../domain/Ids.ts"
import { RealInstant } from "../domain/Instant.ts"
import { Email } from "../domain/Text.ts"
import { Alarm, AlarmRuleView, AlarmTuning, AlarmWithHistory } from "./Alarm.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { RowId } from "./Operations.ts"
import { AlarmNotChanged, AlarmRuleFixed, AlreadyDone, Forbidden, NotFound } from "./Problems.ts"
import { Page } from "./Records.ts"
import { newestFirst } from "./Sorting.ts"
import { Reason } from "./Twins.ts"

const params = { id: RowId }
const acting = { params, success: Alarm, error: [NotFound, Forbidden, AlarmNotChanged] } as const

export class AlarmsGroup extends HttpApiGroup.make("alarms")
  .add(
    HttpApiEndpoint.get("list", "/alarms", {
      query: {
        ...newestFirst("raised_at"),
        state: Schema.optional(Schema.Literals(["open", "closed"])),
        branch_id: Schema.optional(BranchId),
        severity: Schema.optional(AlarmSeverity),
        code: Schema.optional(AlarmCode),
      },
      success: Page(Alarm),
    })
      .annotate(
        OpenApi.Description,
        "An alarm is open until its condition is gone and somebody has acknowledged it. Those that another one explains name it.",
      )
      .annotateMerge(needs("alarm.view")),
    HttpApiEndpoint.get("get", "/alarms/:id", { params, success: AlarmWithHistory, error: [NotFound, Forbidden] })
      .annotate(OpenApi.Description, "An alarm, what happened to it, and what it explains.")
      .annotateMerge(needs("alarm.view")),
    HttpApiEndpoint.get("rules", "/alarm-rules", {
      query: { chain_id: Schema.optional(ChainId) },
      success: Schema.Struct({ items: Schema.Array(AlarmRuleView) }),
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        "When each alarm is raised and cleared, how bad it is, and what hides it: as it is, or as it holds in a chain.",
      )
      .annotateMerge(needs("alarm.view")),
    HttpApiEndpoint.put("tune", "/alarm-rules/:code", {
      params: { code: AlarmCode },
      payload: AlarmTuning,
      success: AlarmRuleView,
      error: [NotFound, Forbidden, AlarmRuleFixed],
    })
      .annotate(OpenApi.Description, "Says how a chain wants a rule; what bays and devices announce stays as it is.")
      .annotateMerge(needs("alarm.rules")),
    HttpApiEndpoint.post("acknowledge", "/alarms/:id/acknowledge", {
      params,
      success: Alarm,
      error: [NotFound, Forbidden, AlreadyDone],
    })
      .annotate(OpenApi.Description, "Says that somebody has seen it.")
      .annotateMerge(needs("alarm.ack")),
    HttpApiEndpoint.post("comment", "/alarms/:id/comment", { ...acting, payload: Schema.Struct({ text: Reason }) })
      .annotate(OpenApi.Description, "Puts words on its record.")
      .annotateMerge(needs("alarm.ack")),
    HttpApiEndpoint.post("assign", "/alarms/:id/assign", {
      ...acting,
      payload: Schema.Struct({ assignee: Schema.NullOr(Email) }),
    })
      .annotate(OpenApi.Description, "Gives it to a person of staff, by e-mail address, or to nobody.")
      .annotateMerge(needs("alarm.assign")),
    HttpApiEndpoint.post("shelve", "/alarms/:id/shelve", {
      ...acting,
      payload: Schema.Struct({ until: RealInstant, reason: Reason }),
    })
      .annotate(
        OpenApi.Description,
        "Puts one that is going on aside, for seven days at most. It is back when the time is over, or when its condition ends and returns.",
      )
      .annotateMerge(needs("alarm.assign")),
    HttpApiEndpoint.post("unshelve", "/alarms/:id/unshelve", acting).annotateMerge(needs("alarm.assign")),
    HttpApiEndpoint.post("close", "/alarms/:id/close", { ...acting, payload: Schema.Struct({ reason: Reason }) })
      .annotate(
        OpenApi.Description,
        "Closes one that is over, or one of an open that nobody commanded. One whose condition is still there cannot be closed.",
      )
      .annotateMerge(needs("alarm.assign")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Alarms", description: "What asks somebody to act." })) {}
