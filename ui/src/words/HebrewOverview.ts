/** What the overview and the choice of what is shown say, in Hebrew. */
import type { englishOverview } from "./EnglishOverview.ts"

export const hebrewOverview: typeof englishOverview = {
  overview: {
    title: "סקירה",
    empty: "עוד אין סניפים. כדי להתחיל יש לייבא מסמך רישום.",
    numbers: "תמונת מצב",
    branches: "סניפים",
    lastKnown: (time) => `אלה המספרים הידועים לאחרונה, נכון ל־${time}.`,
    ofTotal: (count) => `מתוך ${count}`,
    available: "עגלות פנויות",
    out: "עגלות בחוץ",
    withShoppers: "אצל לקוחות, בזמן",
    overdue: "השאלות באיחור",
    openRentals: (count) => `מתוך ${count} פתוחות`,
    attention: "דורשות אדם",
    devicesOnline: "התקנים מחוברים",
    stale: "עגלות שידוע רק מצבן האחרון",
    staleLead: "ההתקן או הלוח שלהן מנותק",
    astray: "עגלות לא במקומן",
    astrayLead: "לא אצל לקוח ולא נעולות",
    outOfService: "מחוץ לשירות",
    missing: (count) => `ועוד ${count} חסרות`,
    unlockSuccess: "פתיחות שהצליחו",
    unlocksToday: (count) => `מתוך ${count} ביממה`,
    rentalsToday: "השאלות ביממה",
    endedToday: (count) => `${count} הסתיימו`,
    alarms: "התראות פתוחות",
    branch: "סניף",
    chain: "רשת",
    outlook: "בשעה הקרובה",
    noneLeft: "לא נותרו עגלות",
    runsOut: (minutes) =>
      minutes === 1
        ? "העגלות ייגמרו בעוד דקה"
        : minutes === 2
          ? "העגלות ייגמרו בעוד שתי דקות"
          : `העגלות ייגמרו בעוד ${minutes} דקות`,
    enough: "יש די עגלות",
    closed: "אין השאלה",
    taken: "נלקחו בשעה",
    returned: "הוחזרו בשעה",
    devices: "התקנים",
    availableIn: "פנויות",
    outNow: "בחוץ",
    overdueIn: "באיחור",
    worst: "ההתראה החמורה",
    noAlarm: "אין",
  },
  scope: {
    title: "מוצג",
    everything: "כל מה שמותר לי לראות",
    wholeChain: (name) => `${name}, כל הסניפים`,
    only: "רק:",
    showEverything: "הצגת הכול",
  },
}
