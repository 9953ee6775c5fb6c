/** Proving a phone number: the number, then the code. Nothing of it is kept by the page; at a kiosk the keys are on screen. */
import { type FormEvent, useEffect, useId, useState } from "react"
import type { BranchNow, OtpRequested, ShopperSeat, ShopperSignedIn } from "#core/api/ShopperRecords.ts"
import { Limits } from "#core/Limits.ts"
import { FakePhone } from "./FakePhone.tsx"
import { Keypad } from "./Keypad.tsx"
import { BigButton, More, Note, Screen, Trouble } from "./Parts.tsx"
import { refusalText } from "./refusalText.ts"
import { giveCode, Refusal, requestCode } from "./ShopperApi.ts"
import { useNow } from "./useNow.ts"
import { ltr, spanText, useShopperLanguage, useShopperWords } from "./words/ShopperLanguage.ts"

const inputClasses =
  "min-h-16 w-full rounded-xl border-2 border-edge bg-surface px-4 text-center text-2xl font-semibold tracking-wider"

interface Props {
  readonly seat: ShopperSeat
  readonly branch: BranchNow
  readonly onSignedIn: (signedIn: typeof ShopperSignedIn.Type) => void
}

interface Sent {
  readonly phone: string
  readonly challenge: typeof OtpRequested.Type
  readonly atMs: number
  readonly isAgain: boolean
}

const asRefusal = (error: unknown): Refusal => (error instanceof Refusal ? error : new Refusal({ code: "unreadable" }))

export const SignIn = ({ seat, branch, onSignedIn }: Props) => {
  const language = useShopperLanguage()
  const [sent, setSent] = useState<Sent>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [isBusy, setBusy] = useState(false)
  const send = async (phone: string, isAgain: boolean): Promise<void> => {
    setBusy(true)
    try {
      const challenge = await requestCode({ phone, branch_id: branch.id, locale: language, seat })
      setSent({ phone, challenge, atMs: Date.now(), isAgain })
      setRefusal(undefined)
    } catch (error) {
      setRefusal(asRefusal(error))
    } finally {
      setBusy(false)
    }
  }
  if (sent === undefined) {
    return (
      <PhoneForm
        seat={seat}
        branch={branch}
        isBusy={isBusy}
        refusal={refusal}
        onPhone={(phone) => send(phone, false)}
      />
    )
  }
  return (
    <CodeForm
      key={sent.challenge.challenge_id}
      seat={seat}
      branch={branch}
      sent={sent}
      resendRefusal={refusal}
      isSending={isBusy}
      onAgain={() => send(sent.phone, true)}
      onAnother={() => setSent(undefined)}
      onSignedIn={onSignedIn}
    />
  )
}

interface PhoneProps {
  readonly seat: ShopperSeat
  readonly branch: BranchNow
  readonly isBusy: boolean
  readonly refusal: Refusal | undefined
  readonly onPhone: (phone: string) => void
}

const PhoneForm = ({ seat, branch, isBusy, refusal, onPhone }: PhoneProps) => {
  const { phone: words, privacy, freeCarts } = useShopperWords()
  const language = useShopperLanguage()
  const [phone, setPhone] = useState("")
  const hint = useId()
  const isKiosk = seat === "kiosk"
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isBusy && phone.trim() !== "") onPhone(phone)
  }
  return (
    <Screen title={words.title}>
      <p className="text-lg font-semibold text-good">{freeCarts(branch.free_carts)}</p>
      <form onSubmit={submit} className="space-y-4" autoComplete={isKiosk ? "off" : "on"}>
        <label className="block space-y-2">
          <span className="text-lg font-semibold">{words.label}</span>
          <input
            dir="ltr"
            className={inputClasses}
            type="tel"
            name="phone"
            inputMode={isKiosk ? "none" : "tel"}
            autoComplete={isKiosk ? "off" : "tel"}
            maxLength={40}
            required
            aria-describedby={hint}
            value={phone}
            onChange={({ target }) => setPhone(target.value)}
          />
        </label>
        <p id={hint} className="text-dim">
          {words.hint} {isKiosk ? words.shield : ""}
        </p>
        {isKiosk ? <Keypad value={phone} onChange={setPhone} /> : null}
        <Trouble text={refusal === undefined ? undefined : refusalText(language, refusal)} />
        <BigButton type="submit" kind="primary" className="w-full" disabled={isBusy}>
          {isBusy ? words.busy : words.button}
        </BigButton>
      </form>
      <p className="text-dim">{words.consent}</p>
      <More title={privacy.title}>
        <ul className="list-disc space-y-2 ps-5">
          {privacy.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </More>
    </Screen>
  )
}

interface CodeProps extends Pick<Props, "seat" | "branch" | "onSignedIn"> {
  readonly sent: Sent
  readonly resendRefusal: Refusal | undefined
  readonly isSending: boolean
  readonly onAgain: () => void
  readonly onAnother: () => void
}

const CodeForm = ({ seat, branch, sent, resendRefusal, isSending, onAgain, onAnother, onSignedIn }: CodeProps) => {
  const { code: words } = useShopperWords()
  const language = useShopperLanguage()
  const [code, setCode] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const now = useNow()
  const isKiosk = seat === "kiosk"
  const { challenge_id, phone_masked, resend_after_s } = sent.challenge
  const waitMs = sent.atMs + resend_after_s * 1_000 - now
  const give = async (digits: string): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    try {
      onSignedIn(await giveCode(challenge_id, digits))
    } catch (error) {
      setRefusal(asRefusal(error))
      setCode("")
      setBusy(false)
    }
  }
  const take = (typed: string): void => {
    const digits = typed.replaceAll(/\D/gu, "").slice(0, Limits.otpDigits)
    setCode(digits)
    if (digits.length === Limits.otpDigits) void give(digits)
  }
  useFilledByPhone(take, !isKiosk)
  const shown = refusal ?? resendRefusal
  return (
    <Screen title={words.title}>
      <p>{words.sent(ltr(phone_masked))}</p>
      {sent.isAgain && refusal === undefined ? <Note>{words.resent}</Note> : null}
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          take(code)
        }}
      >
        <label className="block space-y-2">
          <span className="text-lg font-semibold">{words.label}</span>
          <input
            dir="ltr"
            className={`${inputClasses} tracking-[0.35em]`}
            type="text"
            name="code"
            inputMode={isKiosk ? "none" : "numeric"}
            autoComplete={isKiosk ? "off" : "one-time-code"}
            required
            readOnly={isBusy}
            value={code}
            onChange={({ target }) => take(target.value)}
          />
        </label>
        {isKiosk ? <Keypad value={code} onChange={take} /> : null}
        <Trouble text={shown === undefined ? undefined : refusalText(language, shown)} />
        <p role="status" className="min-h-6 text-dim">
          {isBusy ? words.busy : ""}
        </p>
      </form>
      {waitMs > 0 ? (
        <p className="text-dim">{words.resendIn(spanText(language, waitMs))}</p>
      ) : (
        <BigButton className="w-full" disabled={isSending} onClick={onAgain}>
          {words.resend}
        </BigButton>
      )}
      <BigButton kind="quiet" className="w-full" onClick={onAnother}>
        {words.another}
      </BigButton>
      <p className="text-dim">{words.noPhone}</p>
      {branch.simulated ? <FakePhone challengeId={challenge_id} onFill={take} /> : null}
    </Screen>
  )
}

interface OtpCredential extends Credential {
  readonly code: string
}

/** Where the browser can read the code out of the message itself (WebOTP), it does; elsewhere its keyboard offers it. */
const useFilledByPhone = (take: (code: string) => void, isOwnPhone: boolean): void => {
  useEffect(() => {
    if (!isOwnPhone || !("OTPCredential" in globalThis)) return undefined
    const ending = new AbortController()
    const wanted: CredentialRequestOptions & { readonly otp: { readonly transport: ReadonlyArray<string> } } = {
      otp: { transport: ["sms"] },
      signal: ending.signal,
    }
    navigator.credentials
      .get(wanted)
      .then((found) => {
        if (found !== null && "code" in found) take((found as OtpCredential).code)
      })
      .catch(() => undefined)
    return () => ending.abort()
    // Asked once for each code that was sent: this form is made anew for each.
  }, [])
}
