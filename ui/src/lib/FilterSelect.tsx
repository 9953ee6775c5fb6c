/** A small choice of which rows a page shows, all of them among it. */
interface Props<Name extends string> {
  /** Said to screen readers: the choice shows what it is by itself. */
  readonly label: string
  /** What choosing nothing is called. */
  readonly every: string
  readonly names: ReadonlyArray<Name>
  readonly chosen: Name | undefined
  readonly titleOf: (name: Name) => string
  readonly onChoose: (name: Name | undefined) => void
}

export const FilterSelect = <Name extends string>({ label, every, names, chosen, titleOf, onChoose }: Props<Name>) => (
  <label>
    <span className="sr-only">{label}</span>
    <select
      value={chosen ?? ""}
      onChange={({ target }) => onChoose(names.find((name) => name === target.value))}
      className="h-8 rounded-md border border-edge bg-surface px-2 text-sm"
    >
      <option value="">{every}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {titleOf(name)}
        </option>
      ))}
    </select>
  </label>
)
