/** What the command palette says, in Hebrew. */
import type { englishPalette } from "./EnglishPalette.ts"

export const hebrewPalette: typeof englishPalette = {
  palette: {
    open: "חיפוש ופקודות",
    placeholder: "תא, עגלה, התקן, ארבע ספרות אחרונות, דף…",
    hint: "למשל ״פתיחת תא A7״, ״TLV-01/A7״ או ארבע הספרות האחרונות של טלפון.",
    results: "נמצאו",
    searching: "מחפשים…",
    nothing: "דבר אינו מתאים.",
    count: (count) => (count === 1 ? "תוצאה אחת" : count === 2 ? "שתי תוצאות" : `${count} תוצאות`),
    groups: {
      actions: "פעולות",
      pages: "דפים",
      bay: "תאים",
      cart: "עגלות",
      rental: "השאלות",
      device: "התקנים",
      branch: "סניפים",
    },
    unlock: (label) => `פתיחת תא ${label}…`,
    showOnly: (name) => `להציג רק את ${name}`,
    showEverything: "הצגת הכול",
    withCart: (number) => `עגלה ${number}`,
    inBay: (label) => `תא ${label}`,
  },
}
