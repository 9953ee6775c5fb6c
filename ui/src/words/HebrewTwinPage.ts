/**
 * What the page of one twin says, in Hebrew.
 */
import type { englishTwinPage } from "./EnglishTwinPage.ts"

export const hebrewTwinPage: typeof englishTwinPage = {
  open: "לדף של התאום",
  of: (kind, label) => `${kind} ${label}`,
  branch: "סניף",
  device: "התקן",
  views: { history: "היסטוריה", memory: "זיכרון", why: "למה לא?", whatIf: "מה אם?" },

  memory: "מה הוא זוכר",
  deadlines: "מועדים ממתינים",
  noDeadlines: "דבר אינו נגמר מעצמו.",
  due: (name, age) => `${name}: בעוד ${age}`,
  overdue: (name) => `${name}: הגיע המועד`,

  whyLead: "כל האירועים שישנם, ומה התאום היה עונה להם עכשיו.",
  taken: "יתקבל",
  refused: "יסורב",
  memoryOnly: "משנה את הזיכרון ולא את המצב",
  leadsTo: "מוביל אל",
  noneHolds: "היה מתקבל אילו:",
  knownIn: "יש לו משמעות רק במצבים:",
  everything: "הכול",
  onlyTaken: "אפשרי עכשיו",
  onlyRefused: "מסורב עכשיו",

  whatIfLead: "עותק של התאום, שאותה מכונה בדיוק מריצה בדפדפן הזה. שום דבר מכאן אינו מגיע להתקן או לענן.",
  fork: "העתקה כפי שהוא עכשיו",
  forkedAt: (revision) => `הועתק בגרסה ${revision}`,
  sandboxTime: "השעה כאן",
  nextDeadline: "אל המועד הבא",
  plusSeconds: (seconds) => `+${seconds} שנ׳`,
  send: "לתת לו אירוע",
  event: "אירוע",
  sendButton: "שליחה",
  undo: "ביטול",
  startOver: "מההתחלה",
  copyScenario: "העתקה כתרחיש",
  copied: "הועתק",
  notCopied: "הדפדפן לא הרשה להעתיק.",
  lines: "מה קרה כאן",
  noLines: "עוד לא קרה דבר. אפשר לשלוח לו אירוע או להניח לזמן לעבור.",
  asksFor: "מבקש",
  intents: {
    pulseLock: "פעימה למנעול",
    readBay: "קריאות של התא",
    reportStage: "שיימסר השלב הבא של הפקודה",
    announce: "הודעה",
    loseBays: "שהתאים שלו ייחשבו לא ידועים",
    requestSnapshot: "דיווח מלא של ההתקן",
  },
}
