// Runs before the first paint of the shopper's page so that language, direction and theme never flash. A file of its own,
// not an inline script: the Content-Security-Policy allows none. `ShopperLanguage.ts` knows the same languages and key.
{
  const known = ["he", "en", "ar", "ru"]
  const stored = () => {
    try {
      return localStorage.getItem("cartwise.shopper-language")
    } catch {
      return null
    }
  }
  const isOwnPhone = location.pathname.startsWith("/s/")
  const own = isOwnPhone ? [stored(), navigator.language.slice(0, 2)] : []
  const asked = new URLSearchParams(location.search).get("lang")
  const root = document.documentElement
  root.lang = [asked, ...own].find((language) => known.includes(language)) ?? "he"
  root.dir = root.lang === "he" || root.lang === "ar" ? "rtl" : "ltr"
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const paint = () => (root.dataset.theme = dark.matches ? "dark" : "light")
  paint()
  dark.addEventListener("change", paint)
}
