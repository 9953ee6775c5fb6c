/** What people do about one alarm, as far as they may: see it, take it on, say something, put it aside, close it. */
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import { useState } from "react"
import { may } from "#core/access/may.ts"
import type { Alarm } from "#core/api/Alarm.ts"
import { Limits } from "#core/Limits.ts"
import {
  acknowledgeAlarm,
  assignAlarm,
  closeAlarm,
  commentAlarm,
  shelveAlarm,
  unshelveAlarm,
} from "../api/AlarmQueries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { serverNow } from "../live/Clock.ts"
import { Choice } from "../table/ListPage.tsx"
import { useWords } from "../words/Language.ts"

interface Props {
  readonly alarm: Alarm
}

/** After any deed the lists and the alarm are asked for again. */
const useDeed = () => {
  const client = useQueryClient()
  return async (deed: Promise<Alarm>): Promise<void> => {
    try {
      await deed
    } finally {
      await client.invalidateQueries({ queryKey: ["alarms"] })
    }
  }
}

export const AlarmActions = ({ alarm }: Props) => {
  const person = useAtom(sessionAtom)?.user
  if (person === undefined || alarm.closed_at !== null) return null
  const place = { chainId: alarm.chain_id, branchId: alarm.branch_id }
  const mayAssign = may(person, "alarm.assign", place)
  return (
    <div className="flex flex-wrap items-start gap-2">
      {may(person, "alarm.ack", place) ? (
        <>
          <Acknowledge alarm={alarm} />
          <Comment alarm={alarm} />
        </>
      ) : null}
      {mayAssign ? (
        <>
          <TakeOn alarm={alarm} email={person.email} />
          <Assign alarm={alarm} />
          <Shelf alarm={alarm} />
          <Close alarm={alarm} />
        </>
      ) : null}
    </div>
  )
}

/** A deed that needs no words. */
const OneClick = ({ label, act }: { readonly label: string; readonly act: () => Promise<Alarm> }) => {
  const deed = useDeed()
  const sent = useMutation({ mutationFn: () => deed(act()) })
  return (
    <div className="space-y-2">
      <Button disabled={sent.isPending} onClick={() => sent.mutate()}>
        {label}
      </Button>
      {sent.error === null ? null : <ProblemNotice error={sent.error} />}
    </div>
  )
}

const Acknowledge = ({ alarm: { id, acknowledged } }: Props) => {
  const { alarms } = useWords()
  return acknowledged === null ? <OneClick label={alarms.acknowledge} act={() => acknowledgeAlarm(id)} /> : null
}

const TakeOn = ({ alarm: { id, assignee }, email }: Props & { readonly email: string }) => {
  const { alarms } = useWords()
  return assignee === email ? null : <OneClick label={alarms.assignToMe} act={() => assignAlarm(id, email)} />
}

const Comment = ({ alarm: { id } }: Props) => {
  const { alarms } = useWords()
  const deed = useDeed()
  const [text, setText] = useState("")
  return (
    <FormDialog
      trigger={<Button>{alarms.comment}</Button>}
      title={alarms.comment}
      isComplete={text.trim() !== ""}
      submit={() => deed(commentAlarm(id, text.trim()))}
      onClosed={() => setText("")}
    >
      <label className="block space-y-1">
        <span className="text-sm font-medium">{alarms.commentLabel}</span>
        <textarea
          required
          rows={3}
          dir="auto"
          value={text}
          maxLength={Limits.reasonCharacters}
          onChange={({ target }) => setText(target.value)}
          className="w-full resize-none rounded-md border border-edge bg-surface px-3 py-2 text-base focus-visible:outline-offset-0"
        />
      </label>
    </FormDialog>
  )
}

const Assign = ({ alarm: { id, assignee } }: Props) => {
  const { alarms } = useWords()
  const deed = useDeed()
  const [email, setEmail] = useState(assignee ?? "")
  const wanted = email.trim() === "" ? null : email.trim()
  return (
    <FormDialog
      trigger={<Button>{alarms.assign}</Button>}
      title={alarms.assign}
      lead={alarms.assignHint}
      isComplete={wanted !== assignee}
      submit={() => deed(assignAlarm(id, wanted))}
      onClosed={() => setEmail(assignee ?? "")}
    >
      <label className="block space-y-1">
        <span className="text-sm font-medium">{alarms.assignTo}</span>
        <input
          type="email"
          dir="ltr"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          className="h-9 w-full rounded-md border border-edge bg-surface px-3 text-base"
        />
      </label>
    </FormDialog>
  )
}

const hourMs = 3_600_000
const shelfTimes = { hour: hourMs, shift: 8 * hourMs, day: 24 * hourMs, week: Limits.alarmShelfMaxMs } as const
type ShelfTime = keyof typeof shelfTimes
const shelfNames: ReadonlyArray<ShelfTime> = ["hour", "shift", "day", "week"]

const Shelf = ({ alarm: { id, shelved, cleared_at } }: Props) => {
  const { alarms } = useWords()
  const deed = useDeed()
  const [reason, setReason] = useState("")
  const [time, setTime] = useState<ShelfTime>("hour")
  if (shelved !== null) return <OneClick label={alarms.unshelve} act={() => unshelveAlarm(id)} />
  if (cleared_at !== null) return null
  return (
    <FormDialog
      trigger={<Button>{alarms.shelve}</Button>}
      title={alarms.shelve}
      lead={alarms.shelveLead}
      isComplete={reason.trim() !== ""}
      submit={() => deed(shelveAlarm(id, serverNow() + shelfTimes[time], reason.trim()))}
      onClosed={() => setReason("")}
    >
      <Choice
        label={alarms.shelveFor}
        names={shelfNames}
        chosen={time}
        titleOf={(name) => alarms.shelfTimes[name]}
        onChoose={setTime}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  )
}

const Close = ({ alarm: { id, cleared_at, fact } }: Props) => {
  const { alarms } = useWords()
  const deed = useDeed()
  const [reason, setReason] = useState("")
  // Of one that a state raises the state says when it is over.
  if (cleared_at === null && fact === null) return null
  return (
    <FormDialog
      trigger={<Button>{alarms.close}</Button>}
      title={alarms.close}
      lead={alarms.closeLead}
      isComplete={reason.trim() !== ""}
      submit={() => deed(closeAlarm(id, reason.trim()))}
      onClosed={() => setReason("")}
    >
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  )
}
