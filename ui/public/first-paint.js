// Runs before the first paint so that theme, language and direction never flash. A file of its own, not an inline
// script: the Content-Security-Policy allows none. `Preferences.ts` reads and writes the same two keys.
{
  const stored = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  const root = document.documentElement
  const language = stored("cartwise.language") ?? (navigator.language.startsWith("he") ? "he" : "en")
  root.lang = language
  root.dir = language === "he" ? "rtl" : "ltr"
  const theme = stored("cartwise.theme") ?? "system"
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches)
  root.dataset.theme = dark ? "dark" : "light"
}
