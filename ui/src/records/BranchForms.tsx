/** What can be done about a branch: make one, change it, switch lending and returning, take it out of use. */
import { Plus } from "lucide-react"
import { useMemo, useState } from "react"
import { Schema } from "effect"
import type { Branch, Chain } from "#core/api/Records.ts"
import { BranchCode } from "#core/domain/RegistryDocument.ts"
import { archiveBranch, changeBranch, createBranch, switchBranch } from "../api/RecordQueries.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { SelectField } from "../lib/SelectField.tsx"
import { useWords } from "../words/Language.ts"
import { useRefresh } from "./useRefresh.ts"

const isCode = Schema.is(BranchCode)
const nameMax = 120
const usualZone = "Asia/Jerusalem"

/** Every zone this browser knows. */
const ZoneOptions = ({ id }: { readonly id: string }) => (
  <datalist id={id}>
    {Intl.supportedValuesOf("timeZone").map((zone) => (
      <option key={zone} value={zone} />
    ))}
  </datalist>
)

/** In one of the chains in which one may. */
export const CreateBranch = ({ chains }: { readonly chains: ReadonlyArray<Chain> }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [chain, setChain] = useState<string>()
  const [name, setName] = useState("")
  const [code, setCode] = useState("")
  const [timezone, setTimezone] = useState(usualZone)
  const chainId = chain ?? chains[0]?.id
  const key = useMemo(newRequestKey, [chainId, name, code, timezone])
  if (chainId === undefined) return null
  return (
    <FormDialog
      trigger={
        <Button kind="primary">
          <Plus aria-hidden className="size-4" />
          {words.createBranch}
        </Button>
      }
      title={words.createBranch}
      isComplete={name.trim() !== "" && isCode(code) && timezone.trim() !== ""}
      submit={async () => {
        await createBranch({ chain_id: chainId, name: name.trim(), branch_code: code, timezone: timezone.trim() }, key)
        await refresh()
      }}
      onClosed={() => {
        setName("")
        setCode("")
        setTimezone(usualZone)
      }}
    >
      <SelectField label={words.chain} value={chainId} onChange={setChain}>
        {chains.map(({ id, name: title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </SelectField>
      <Field label={words.name} value={name} onChange={setName} dir="auto" maxLength={nameMax} autoComplete="off" />
      <Field
        label={words.code}
        hint={words.codeHint}
        value={code}
        onChange={setCode}
        maxLength={32}
        autoComplete="off"
      />
      <Field label={words.timezone} value={timezone} onChange={setTimezone} list="zones-new" autoComplete="off" />
      <ZoneOptions id="zones-new" />
    </FormDialog>
  )
}

export const EditBranch = ({ branch }: { readonly branch: Branch }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const read = useMemo(
    () => ({
      name: branch.name,
      address: branch.address ?? "",
      city: branch.city ?? "",
      timezone: branch.timezone,
    }),
    [branch],
  )
  const [fields, setFields] = useState(read)
  const set = (name: keyof typeof read) => (value: string) => setFields((before) => ({ ...before, [name]: value }))
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim())
  const zones = `zones-${branch.id}`
  return (
    <FormDialog
      trigger={<Button size="small">{words.edit}</Button>}
      title={words.edit}
      lead={branch.name}
      isComplete={fields.name.trim() !== "" && fields.timezone.trim() !== ""}
      submit={async () => {
        await changeBranch(branch, {
          name: fields.name.trim(),
          address: orNull(fields.address),
          city: orNull(fields.city),
          timezone: fields.timezone.trim(),
        })
        await refresh()
      }}
      onClosed={() => setFields(read)}
    >
      <Field
        label={words.name}
        value={fields.name}
        onChange={set("name")}
        dir="auto"
        maxLength={nameMax}
        autoComplete="off"
      />
      <Field
        label={words.address}
        value={fields.address}
        onChange={set("address")}
        dir="auto"
        maxLength={nameMax}
        autoComplete="off"
      />
      <Field
        label={words.city}
        value={fields.city}
        onChange={set("city")}
        dir="auto"
        maxLength={nameMax}
        autoComplete="off"
      />
      <Field
        label={words.timezone}
        value={fields.timezone}
        onChange={set("timezone")}
        list={zones}
        autoComplete="off"
      />
      <ZoneOptions id={zones} />
    </FormDialog>
  )
}

interface SwitchProps {
  readonly branch: Branch
  readonly which: "lending" | "returning"
}

/** Switches it the other way, for a reason. */
export const SwitchBranch = ({ branch, which }: SwitchProps) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [reason, setReason] = useState("")
  const on = !(which === "lending" ? branch.is_lending : branch.is_returning)
  const title = words.switches[which][on ? "on" : "off"]
  return (
    <FormDialog
      trigger={<Button size="small">{title}</Button>}
      title={title}
      lead={words.switchLeads[which](branch.name)}
      isComplete={reason.trim() !== ""}
      submit={async () => {
        await switchBranch(branch.id, which, { on, reason: reason.trim() })
        await refresh()
      }}
      onClosed={() => setReason("")}
    >
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  )
}

export const ArchiveBranch = ({ branch }: { readonly branch: Branch }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [typed, setTyped] = useState("")
  return (
    <FormDialog
      trigger={<Button size="small">{words.archive}</Button>}
      title={words.archive}
      lead={words.archiveBranchLead(branch.name)}
      isComplete={typed.trim() === branch.branch_code}
      submit={async () => {
        await archiveBranch(branch)
        await refresh()
      }}
      onClosed={() => setTyped("")}
    >
      <Field label={words.typeToConfirm(branch.branch_code)} value={typed} onChange={setTyped} autoComplete="off" />
    </FormDialog>
  )
}
