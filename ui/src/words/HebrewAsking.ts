/** What can be asked of a bay and of a device besides an unlock, in Hebrew. */
import type { englishAsking } from "./EnglishAsking.ts"

export const hebrewAsking: typeof englishAsking = {
  title: "פקודות נוספות",
  actions: {
    lock: "בדיקת הנעילה",
    snapshot: "בקשת דיווח מלא",
    identify: "הזדהות",
    reboot: "הפעלה מחדש",
    maintenanceOn: "הוצאה משירות",
    maintenanceOff: "החזרה לשירות",
    apply_config: "החלת התצורה",
    probe: "בדיקת הלוח",
  },
  leads: {
    lock: "בודקת אם העגלה נעולה. אם לא, התא מבקש אותה במשך חצי דקה.",
    snapshot: "ההתקן מדווח על כל מצב שהוא מכיר, והדיווח מושווה.",
    identify: "אור, מסך או היומן מציגים אותו במשך 15 שניות. שום מנעול לא זז.",
    reboot: "ההתקן מסיים את מה שהוא עושה ומתחיל מחדש, כשאין פתיחה בתהליך. מצב התאים אינו ידוע כמה שניות.",
    maintenanceOn: "עובדים על התא: פתיחה ידנית אינה מעוררת התרעה בינתיים.",
    maintenanceOff: "התא חוזר לשימוש רגיל.",
    probe: "ההתקן קורא את הלוח כמה פעמים ומדווח מה מצא, עם המסגרות האחרונות בקו שלו. שום מנעול לא זז.",
    apply_config: "ההתקן משווה עם התצורה שהענן מציע, ומחיל אותה.",
  },
  done: "בוצע",
  send: "לבקש",
}
