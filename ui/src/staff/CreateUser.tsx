/** Naming somebody: address, name and a first role. */
import { useQueryClient } from "@tanstack/react-query"
import { UserPlus } from "lucide-react"
import { useState } from "react"
import type { Invitation } from "#core/api/Users.ts"
import { createUser } from "../api/StaffQueries.ts"
import { Button } from "../lib/Button.tsx"
import { Field } from "../lib/Field.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { useWords } from "../words/Language.ts"
import { type ChosenGrant, GrantFields, noGrant, useGivable } from "./GrantFields.tsx"

export const CreateUser = ({ onCreated }: { readonly onCreated: (invitation: Invitation) => void }) => {
  const { users: words } = useWords().staff
  const client = useQueryClient()
  const [email, setEmail] = useState("")
  const [name, setName] = useState("")
  const [chosen, setChosen] = useState<ChosenGrant>(noGrant)
  const { grant, roles } = useGivable(chosen)
  const submit = async (): Promise<void> => {
    if (grant === undefined) return
    const { invitation } = await createUser({ email: email.trim(), name: name.trim(), grant })
    await client.invalidateQueries({ queryKey: ["users"] })
    onCreated(invitation)
  }
  if (roles.length === 0) return null
  return (
    <FormDialog
      trigger={
        <Button kind="primary">
          <UserPlus aria-hidden className="size-4" />
          {words.create}
        </Button>
      }
      title={words.create}
      lead={words.createLead}
      isComplete={/^\S+@\S+$/u.test(email.trim()) && name.trim() !== "" && grant !== undefined}
      submit={submit}
      onClosed={() => {
        setEmail("")
        setName("")
        setChosen(noGrant)
      }}
    >
      <Field label={words.name} value={name} onChange={setName} dir="auto" maxLength={120} autoComplete="off" />
      <Field label={words.email} value={email} onChange={setEmail} type="email" maxLength={250} autoComplete="off" />
      <GrantFields chosen={chosen} onChoose={setChosen} />
    </FormDialog>
  )
}
