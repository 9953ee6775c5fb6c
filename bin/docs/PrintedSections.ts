/** A page that people write, with sections that are printed from the code between two comments. */

const begin = (name: string) => `<!-- printed by npm run docs: ${name} -->`
const end = "<!-- end -->"

/** The page with its printed sections as given; a page that has not exactly one place for each is a mistake. */
export const withPrinted = (page: string, sections: Readonly<Record<string, string>>): string =>
  Object.entries(sections).reduce((text, [name, printed]) => {
    const [before = "", after, ...others] = text.split(`${begin(name)}\n`)
    const rest = after?.indexOf(end) ?? -1
    if (after === undefined || others.length > 0 || rest < 0) {
      throw new RangeError(`the page has no single place for ${name}`)
    }
    return `${before}${begin(name)}\n\n${printed}\n\n${after.slice(rest)}`
  }, page)
