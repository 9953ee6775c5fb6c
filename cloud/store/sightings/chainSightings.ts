/** Conditions of a chain: its messages are not sent, or somebody plays with its codes. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { SmsReason } from "../../sms/Sms.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"
import { openAlarm } from "./openAlarm.ts"

/** What says nothing about the provider: the number or the message was wrong. */
const notTheProvider: ReadonlyArray<SmsReason> = ["invalid_number", "blocked"]

export const chainSightings = (
  sql: PgClient.PgClient,
  at: PlaceConditions,
  nowMs: number,
): ReadonlyArray<Statement.Statement<Sighting>> => {
  const since = (ms: number) => sql`${toInstant(nowMs - ms)}::timestamptz`
  const columns = sql`
    'chain' as kind, c.id as "entityId", c.id as "chainId", null::uuid as "branchId", null::uuid as "deviceId",
    null::uuid as "controllerId"`

  /** Silence says nothing: only a message that was sent ends it. */
  const provider = sql<Sighting>`
    select code, kind, "entityId", "chainId", "branchId", "deviceId", "controllerId", seen from (
      select 'SMS_PROVIDER_DOWN' as code, ${columns},
             case when sms.count >= ${Limits.alarmSmsMessages}
                       and sms.failed * 100 > ${Limits.alarmSmsFailedPercent} * sms.count then 'holds'
                  when sms.count > sms.failed and sms.failed * 100 <= ${Limits.alarmSmsFailedPercent} * sms.count then 'over'
                  else 'unknown' end as seen
      from chains c
      cross join lateral (
        select count(*) as count, count(*) filter (where o.sms <> 'sent') as failed
        from otp_challenges o
        where o.chain_id = c.id and o.created_at > ${since(Limits.alarmSmsWindowMs)} and o.sms is not null
          and o.sms not in (select e from jsonb_array_elements_text(${sql.json(notTheProvider)}) as e)
      ) sms
      where ${at.chain(sql`c.id`)}
    ) chain
    where seen = 'holds' or ${openAlarm(sql, "SMS_PROVIDER_DOWN", "chain", sql`chain."entityId"`)}`

  const abuse = sql<Sighting>`
    select code, kind, "entityId", "chainId", "branchId", "deviceId", "controllerId", seen from (
      select 'OTP_ABUSE' as code, ${columns},
             case when wrong.tries >= ${Limits.alarmOtpFailures} or full_clients.count >= ${Limits.alarmOtpClients}
                  then 'holds' else 'over' end as seen
      from chains c
      cross join lateral (
        select coalesce(sum(o.tries), 0) as tries from otp_challenges o
        where o.chain_id = c.id and o.created_at > ${since(Limits.otpFailuresWindowMs + Limits.otpLifetimeMs)}
          and o.last_failed_at > ${since(Limits.otpFailuresWindowMs)}
      ) wrong
      cross join lateral (
        select count(*) as count from (
          select 1 from otp_challenges o
          where o.chain_id = c.id and o.created_at > ${since(Limits.otpSendsPerClientMs)}
          group by o.client_name having count(*) >= ${Limits.otpSendsPerClient}
        ) full_client
      ) full_clients
      where ${at.chain(sql`c.id`)}
    ) chain
    where seen = 'holds' or ${openAlarm(sql, "OTP_ABUSE", "chain", sql`chain."entityId"`)}`
  return [provider, abuse]
}
