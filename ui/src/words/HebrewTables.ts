/**
 * What the pages of tables say, in Hebrew.
 */
import type { englishTables } from "./EnglishTables.ts"
import { hebrewAlarmRules, hebrewAlarms } from "./HebrewAlarms.ts"

export const hebrewTables: typeof englishTables = {
  table: {
    filter: "סינון",
    found: (found, all) => (found === all ? `${all} בסך הכול` : `${found} מתוך ${all}`),
    nothingFound: "דבר אינו מתאים לסינון.",
    pages: "עמודים",
    page: (page, pages) => `עמוד ${page} מתוך ${pages}`,
    previous: "העמוד הקודם",
    next: "העמוד הבא",
    newestOnly: (count) => `מוצגים ${count} החדשים ביותר.`,
    show: "הצגה",
    where: "היכן",
    branch: "סניף",
    state: "מצב",
    action: "פעולה",
  },
  alarms: hebrewAlarms,
  alarmRules: hebrewAlarmRules,
  divergences: {
    title: "אי־התאמות",
    lead: "היכן שהתאום כאן והתא לא הסכימו. בכל פעם התקבלה העדות מהתא; השאלה היא למה.",
    open: "פתוחות",
    resolved: "טופלו",
    none: "התאומים והתאים תואמים.",
    twin: "תאום",
    rule: "מה נעשה",
    event: "אירוע",
    expected: "היה כאן",
    reported: "דווח",
    times: "פעמים",
    last: "נראה לאחרונה",
    resolve: "טיפול",
    resolveLead: "יש לכתוב למה זה קרה, או למה זה לא חשוב. נשמר יחד עם השם שלך.",
    resolvedBy: (who, reason) => `${who}: ${reason}`,
    rules: {
      fact_replaces_mirror: "התקבל הדיווח של ההתקן",
      snapshot_replaces_mirror: "התקבל הדיווח המלא של ההתקן",
      twin_unknown: "דבר לא התקבל: אין כאן תאום או מצב כזה",
      twin_missing: "שלנו נשמר: הדיווח לא הזכיר אותו",
      facts_lost: "עובדות אבדו: שוחזר מסד נתונים ישן יותר",
    },
  },
  carts: {
    title: "עגלות",
    number: "עגלה",
    bay: "תא",
    status: "סטטוס",
    dock: "היכן",
    custody: "אחזקה",
    changed: "שימוש אחרון",
    stale: "ידוע לאחרונה",
    none: "עוד לא נרשמו עגלות.",
    statuses: { available: "פנויה", in_use: "בשימוש", maintenance: "בתחזוקה" },
  },
  devices: { title: "התקנים", name: "התקן", heartbeat: "דופק", none: "עוד לא נרשמו התקנים." },
}
