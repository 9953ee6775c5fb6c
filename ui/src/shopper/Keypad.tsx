/** Digits on the screen of a kiosk, in the order of a telephone in every language. */
import { Delete } from "lucide-react"
import { useShopperWords } from "./words/ShopperLanguage.ts"

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0"] as const
const keyClasses =
  "grid min-h-16 place-items-center rounded-xl border-2 border-edge bg-surface text-2xl font-semibold active:bg-accent-soft"

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
}

export const Keypad = ({ value, onChange }: Props) => {
  const { keypad } = useShopperWords()
  return (
    <div role="group" aria-label={keypad.group} dir="ltr" className="grid grid-cols-3 gap-2">
      {digits.map((digit) =>
        digit === "" ? (
          <span key="gap" />
        ) : (
          <button key={digit} type="button" className={keyClasses} onClick={() => onChange(value + digit)}>
            {digit}
          </button>
        ),
      )}
      <button
        type="button"
        aria-label={keypad.erase}
        className={keyClasses}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Delete aria-hidden className="size-7" />
      </button>
    </div>
  )
}
