/** Somebody signs in at the dashboard, as people do. */
import type { Page } from "playwright-core"
import type { DemoReady } from "#bin/demo/Demo.ts"

/** Ends on the overview. */
export const signInAt = async (
  page: Page,
  { url, email, password }: Pick<DemoReady, "url" | "email" | "password">,
): Promise<void> => {
  await page.goto(url)
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password").fill(password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { name: "Overview" }).waitFor()
}
