/**
 * The title of a browser tab: what is shown, then whose page it is.
 */
export const pageTitle = (shown: string | undefined): string =>
  shown === undefined ? "CartWise" : `${shown} · CartWise`
