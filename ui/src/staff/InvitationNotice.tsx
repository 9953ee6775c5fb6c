/** The link of an invitation, to be handed over: shown once. */
import { Check, Copy } from "lucide-react"
import { useState } from "react"
import type { Invitation } from "#core/api/Users.ts"
import { Button } from "../lib/Button.tsx"
import { useWords } from "../words/Language.ts"

export const InvitationNotice = ({ invitation }: { readonly invitation: Invitation }) => {
  const { users: words } = useWords().staff
  const [copied, setCopied] = useState(false)
  // After `#`, so that no server and no log in between ever sees it.
  const link = `${location.origin}/invitation#${invitation.token}`
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(link)
    setCopied(true)
  }
  return (
    <div role="status" className="space-y-2 rounded-lg border border-line bg-good-soft p-3 text-sm">
      <p>{words.invitation}</p>
      <div className="flex items-center gap-2">
        <output dir="ltr" className="min-w-0 flex-1 rounded bg-surface px-2 py-1.5 font-mono text-xs break-all">
          {link}
        </output>
        {isSecureContext ? (
          <Button size="small" onClick={() => void copy()}>
            {copied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
            {copied ? words.copied : words.copy}
          </Button>
        ) : null}
      </div>
    </div>
  )
}
