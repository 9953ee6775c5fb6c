/** A deed that is asked for once more before it is done. */
import { useQueryClient } from "@tanstack/react-query"
import type { ComponentProps } from "react"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"

interface Props {
  readonly title: string
  readonly lead: string
  readonly kind?: ComponentProps<typeof Button>["kind"]
  /** What the button says if not the title. */
  readonly label?: string
  readonly ariaLabel?: string
  readonly act: () => Promise<unknown>
}

/** The button that opens it; people are asked for anew once it is done. */
export const Confirmation = ({ title, lead, kind = "plain", label, ariaLabel, act }: Props) => {
  const client = useQueryClient()
  const submit = async (): Promise<void> => {
    await act()
    await client.invalidateQueries({ queryKey: ["users"] })
  }
  return (
    <FormDialog
      trigger={
        <Button size="small" kind={kind} {...(ariaLabel === undefined ? {} : { "aria-label": ariaLabel })}>
          {label ?? title}
        </Button>
      }
      title={title}
      lead={lead}
      isComplete
      submit={submit}
      onClosed={() => {}}
    >
      {null}
    </FormDialog>
  )
}
