/** What the pages of chains and branches say, in Hebrew. */
import type { englishRecords } from "./EnglishRecords.ts"

export const hebrewRecords: typeof englishRecords = {
  records: {
    chains: "רשתות",
    branches: "סניפים",
    noChains: "עוד אין רשת.",
    noBranches: "עוד אין סניף.",
    name: "שם",
    slug: "שם קצר",
    slugHint: "אותיות לטיניות קטנות, ספרות ומקפים. הוא מופיע בנתיבים של ההתקנים ונשאר ברגע שיש התקן.",
    code: "קוד",
    codeHint: "אותיות לטיניות, ספרות ומקפים, למשל TLV-01. הוא נשאר ברגע שיש התקן.",
    chain: "רשת",
    description: "תיאור",
    address: "כתובת",
    city: "עיר",
    timezone: "אזור זמן",
    state: "רשומה",
    states: { active: "בשימוש", inactive: "לא בשימוש", archived: "בארכיון" },
    lending: "השאלה",
    returning: "החזרה",
    onOff: { on: "פועלת", off: "מופסקת" },
    createChain: "רשת חדשה",
    createBranch: "סניף חדש",
    edit: "עריכה",
    archive: "לארכיון",
    policy: "תנאי ההשאלה",
    policyLead: (name) => `להשאלות של ${name} שיתחילו מעכשיו.`,
    policyFields: {
      lend_minutes: "משך ההשאלה, בדקות",
      due_soon_minutes: "תזכורת כמה זמן לפני, בדקות",
      grace_minutes: "איחור כמה זמן אחרי, בדקות",
      lost_minutes: "אובדן כמה זמן אחרי כן, בדקות",
    },
    switches: {
      lending: { on: "חידוש ההשאלה", off: "הפסקת ההשאלה" },
      returning: { on: "חידוש ההחזרה", off: "הפניית החזרות למקום אחר" },
    },
    switchLeads: {
      lending: (name) => `האם מושאלות עגלות בסניף ${name}. ההחזרות נמשכות בכל מקרה.`,
      returning: (name) => `האם הלקוחות מופנים להחזיר עגלות לסניף ${name}. עגלה שננעלה הוחזרה בכל מקרה.`,
    },
    archiveChainLead: (name) => `${name} יוצאת משימוש; ההיסטוריה נשארת. הסניפים שלה צריכים להיות בארכיון לפני כן.`,
    archiveBranchLead: (name) => `${name} יוצא משימוש, כשאין בו השאלה פתוחה; ההיסטוריה נשארת.`,
    typeToConfirm: (text) => `לאישור יש להקליד ${text}`,
  },
}
