/**
 * What the pages of commands say, in Hebrew.
 */
import type { englishCommands } from "./EnglishCommands.ts"

export const hebrewCommands: typeof englishCommands = {
  commands: {
    title: "פקודות",
    lead: "כל מה שהתקן התבקש לעשות, ומה עלה בגורלו.",
    none: "עוד לא התבקש דבר.",
    everyKind: "כל הפקודות",
    kind: "פקודה",
    target: "יעד",
    stage: "שלב",
    requestedBy: "מי ביקש",
    why: "סיבה",
    when: "מתי",
    pulses: "פעימות",
    open: "מה קרה, צעד אחר צעד",
    trace: "מסלול",
    traceLead: "כל מה שנעשה למען הפקודה הזו, בענן ובהתקן. הזמנים של ההתקן הם לפי שעון הענן, במידה שהוא מכיר אותו.",
    clockOff: (ms) => `בדיוק של ${ms}`,
    step: "צעד",
    duration: "משך",
    cloud: "ענן",
    edge: "התקן",
    board: "לוח",
    kinds: {
      unlock: "פתיחה",
      lock: "נעילה",
      snapshot: "דיווח מלא",
      identify: "זיהוי",
      reboot: "הפעלה מחדש",
      maintenance: "תחזוקה",
      apply_config: "החלת תצורה",
      probe: "בדיקת בקר",
    },
    spans: {
      "store command": "הפקודה נרשמה",
      "mqtt publish": "נמסרה לברוקר",
      "edge receive": "ההתקן קיבל אותה",
      "edge restart": "ההתקן הופעל מחדש",
      "journal write": "נרשמה ביומן לצמיתות",
      "serial frame sent": "מסגרת נשלחה",
      "serial frame heard": "מסגרת נשמעה",
      "serial noise heard": "רעש נשמע",
      "ingest commit": "נשמר",
      "no live client": "איש לא צפה",
      "websocket push": "הוצג לצופים",
    },
    stageSpan: (stage) => `שלב: ${stage}`,
    stepSpan: (event) => `המכונה קיבלה: ${event}`,
  },
}
