/** The few parts that every screen of the shopper's page is made of: large, plain, with room for a thumb. */
import { type ComponentProps, createContext, type ReactNode, useContext, useEffect, useRef } from "react"

const kinds = {
  primary: "border-transparent bg-accent-solid text-white",
  plain: "border-edge bg-surface text-ink",
  quiet: "border-transparent text-accent underline underline-offset-4",
} as const

interface ButtonProps extends ComponentProps<"button"> {
  readonly kind?: keyof typeof kinds
}

export const BigButton = ({ kind = "plain", className = "", ...rest }: ButtonProps) => (
  <button
    type="button"
    {...rest}
    className={`min-h-14 rounded-xl border-2 px-5 py-3 text-center text-lg leading-tight font-semibold disabled:border-line disabled:bg-sunken disabled:text-dim ${kinds[kind]} ${className}`}
  />
)

/** True where a screen is a part of another page, which keeps its own title and the focus. */
export const IsPart = createContext(false)

/** A screen with its heading, which takes the focus when the screen comes, so that it is read out and Tab goes on from it. */
export const Screen = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  const isPart = useContext(IsPart)
  useEffect(() => {
    if (!isPart) heading.current?.focus()
  }, [title, isPart])
  const Heading = isPart ? "h3" : "h1"
  return (
    <section className="space-y-5">
      {isPart ? null : <title>{title}</title>}
      <Heading ref={heading} tabIndex={-1} className="text-3xl leading-tight font-bold text-balance">
        {title}
      </Heading>
      {children}
    </section>
  )
}

/** Something that did not work, in words. */
export const Trouble = ({ text, id }: { readonly text: string | undefined; readonly id?: string }) =>
  text === undefined ? null : (
    <p role="alert" id={id} className="rounded-xl bg-bad-soft p-4 font-medium text-bad">
      {text}
    </p>
  )

/** Something to know. */
export const Note = ({ children }: { readonly children: ReactNode }) => (
  <p className="rounded-xl bg-warn-soft p-4 font-medium text-warn">{children}</p>
)

/** More to read for who wants it. */
export const More = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <details className="rounded-xl border-2 border-line bg-surface">
    <summary className="flex min-h-12 cursor-pointer items-center px-4 py-3 font-semibold">{title}</summary>
    <div className="space-y-3 px-4 pb-4">{children}</div>
  </details>
)
