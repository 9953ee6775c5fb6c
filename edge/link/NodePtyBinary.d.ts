/** The one file of @lydell/node-pty used here; its published types cover only the API that reads the terminal itself. */
declare module "@lydell/node-pty/requireBinary.js" {
  export const requireBinary: (file: string) => unknown
}
