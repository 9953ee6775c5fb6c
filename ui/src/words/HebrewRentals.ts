/** What the page of rentals says, in Hebrew. */
import type { englishRentals } from "./EnglishRentals.ts"

export const hebrewRentals: typeof englishRentals = {
  title: "השאלות",
  lead: "אצל מי יש עגלה, ממתי ועד מתי, ומה דורש אדם. המספרים מוסתרים.",
  none: "אין השאלה כזו.",
  groups: { open: "פתוחות", overdue: "באיחור", attention: "דורשות אדם", ended: "הסתיימו", today: "ביממה האחרונה" },
  rental: "השאלה",
  cart: "עגלה",
  bay: "עמדה",
  state: "מצב",
  shopper: "לקוח",
  begun: "התבקשה",
  pickedUp: "נלקחה",
  due: "להחזרה עד",
  ended: "הסתיימה",
  actions: {
    close: "סגירה ידנית",
    undo: "ביטול הסגירה",
    extend: "עוד חצי שעה",
    dispute: "ערעור",
    uphold: "להשאיר כפי שהיה",
  },
  leads: {
    close: "רק כשאי אפשר לראות את ההחזרה. עגלה שאינה בעמדה שלה תיחשב חסרה.",
    undo: "ההשאלה נמשכת כאילו לא נסגרה; רק בתוך חמש דקות.",
    extend: "מועד ההחזרה נדחה בשלושים דקות. פעם אחת להשאלה.",
    dispute: "הלקוח טוען שההחזרה הייתה של אחר, או שלא איחר. מישהו מחליט בתוך שבוע.",
    uphold: "ההחזרה נשארת כפי שנראתה.",
  },
}
