/** The row of bays as it stands before the shopper: left is left in every language. The words beside it say the same. */
import { ArrowDown } from "lucide-react"

export const RowPicture = ({ row, label }: { readonly row: ReadonlyArray<string>; readonly label: string }) => (
  <div aria-hidden dir="ltr" className="space-y-1">
    <div className="flex gap-1">
      {row.map((bay) => (
        <div key={bay} className="min-w-0 flex-1">
          <div className="flex h-7 items-end justify-center">
            {bay === label ? <ArrowDown className="beckoning size-6 shrink-0 text-accent" strokeWidth={3} /> : null}
          </div>
          <div
            className={`h-14 rounded-md border-2 ${bay === label ? "border-accent bg-accent-solid" : "border-edge bg-sunken"}`}
          />
        </div>
      ))}
    </div>
    <div className="flex justify-between text-sm text-dim">
      <span>{row[0]}</span>
      <span>{row.at(-1)}</span>
    </div>
  </div>
)
