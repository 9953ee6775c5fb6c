/** Settings from a file `.env` in the working directory, if there is one; the environment itself wins. */
import { existsSync } from "node:fs"
import { loadEnvFile } from "node:process"

/** Reads `.env` into the environment. */
export const readDotEnv = (): void => {
  if (existsSync(".env")) loadEnvFile(".env")
}
