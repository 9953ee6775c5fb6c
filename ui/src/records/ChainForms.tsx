/** What can be done about a chain: make one, rename it, say how long carts are lent, take it out of use. */
import { useQuery } from "@tanstack/react-query"
import { Plus } from "lucide-react"
import { useMemo, useState } from "react"
import type { ChainPolicy } from "#core/api/Chains.ts"
import type { Chain } from "#core/api/Records.ts"
import { Slug } from "#core/domain/RegistryDocument.ts"
import { Limits } from "#core/Limits.ts"
import { Schema } from "effect"
import { archiveChain, changeChain, createChain, policyQuery, setPolicy } from "../api/RecordQueries.ts"
import { newRequestKey } from "../api/RequestKey.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { useWords } from "../words/Language.ts"
import { useRefresh } from "./useRefresh.ts"

const isSlug = Schema.is(Slug)
const nameMax = 120

export const CreateChain = () => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [name, setName] = useState("")
  const [slug, setSlug] = useState("")
  // Sent again after no answer came, the same request makes the same chain.
  const key = useMemo(newRequestKey, [name, slug])
  return (
    <FormDialog
      trigger={
        <Button kind="primary">
          <Plus aria-hidden className="size-4" />
          {words.createChain}
        </Button>
      }
      title={words.createChain}
      isComplete={name.trim() !== "" && isSlug(slug)}
      submit={async () => {
        await createChain({ name: name.trim(), slug }, key)
        await refresh()
      }}
      onClosed={() => {
        setName("")
        setSlug("")
      }}
    >
      <Field label={words.name} value={name} onChange={setName} dir="auto" maxLength={nameMax} autoComplete="off" />
      <Field
        label={words.slug}
        hint={words.slugHint}
        value={slug}
        onChange={setSlug}
        maxLength={64}
        autoComplete="off"
      />
    </FormDialog>
  )
}

export const EditChain = ({ chain }: { readonly chain: Chain }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [name, setName] = useState(chain.name)
  const [description, setDescription] = useState(chain.description ?? "")
  return (
    <FormDialog
      trigger={<Button size="small">{words.edit}</Button>}
      title={words.edit}
      lead={chain.name}
      isComplete={name.trim() !== ""}
      submit={async () => {
        const text = description.trim()
        await changeChain(chain, { name: name.trim(), description: text === "" ? null : text })
        await refresh()
      }}
      onClosed={() => {
        setName(chain.name)
        setDescription(chain.description ?? "")
      }}
    >
      <Field label={words.name} value={name} onChange={setName} dir="auto" maxLength={nameMax} autoComplete="off" />
      <Field
        label={words.description}
        value={description}
        onChange={setDescription}
        dir="auto"
        maxLength={500}
        autoComplete="off"
      />
    </FormDialog>
  )
}

const policyNames = ["lend_minutes", "due_soon_minutes", "grace_minutes", "lost_minutes"] as const

/** The terms as they hold, and as somebody is changing them. */
export const EditPolicy = ({ chain }: { readonly chain: Chain }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const policy = useQuery(policyQuery(chain.id)).data
  const [changed, setChanged] = useState<Partial<Record<(typeof policyNames)[number], string>>>({})
  const minutes = (name: keyof ChainPolicy): number => Number(changed[name] ?? policy?.[name] ?? Number.NaN)
  const isGood = (value: number) => Number.isInteger(value) && value >= 1 && value <= Limits.policyMinutesMax
  return (
    <FormDialog
      trigger={<Button size="small">{words.policy}</Button>}
      title={words.policy}
      lead={words.policyLead(chain.name)}
      isComplete={policyNames.every((name) => isGood(minutes(name)))}
      submit={async () => {
        await setPolicy(chain, {
          lend_minutes: minutes("lend_minutes"),
          due_soon_minutes: minutes("due_soon_minutes"),
          grace_minutes: minutes("grace_minutes"),
          lost_minutes: minutes("lost_minutes"),
        })
        await refresh()
      }}
      onClosed={() => setChanged({})}
    >
      {policyNames.map((name) => (
        <Field
          key={name}
          label={words.policyFields[name]}
          type="number"
          min={1}
          max={Limits.policyMinutesMax}
          value={changed[name] ?? String(policy?.[name] ?? "")}
          onChange={(value) => setChanged((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </FormDialog>
  )
}

export const ArchiveChain = ({ chain }: { readonly chain: Chain }) => {
  const { records: words } = useWords()
  const refresh = useRefresh()
  const [typed, setTyped] = useState("")
  return (
    <FormDialog
      trigger={<Button size="small">{words.archive}</Button>}
      title={words.archive}
      lead={words.archiveChainLead(chain.name)}
      isComplete={typed.trim() === chain.slug}
      submit={async () => {
        await archiveChain(chain)
        await refresh()
      }}
      onClosed={() => setTyped("")}
    >
      <Field label={words.typeToConfirm(chain.slug)} value={typed} onChange={setTyped} autoComplete="off" />
    </FormDialog>
  )
}
