/** The words about staff, in Hebrew. */
import type { englishStaff } from "./EnglishStaff.ts"

export const hebrewStaff: typeof englishStaff = {
  secondStep: {
    title: "עוד צעד אחד",
    lead: "הסיסמה נכונה. כעת קוד מאפליקציית האימות.",
    code: "קוד",
    hint: "שש ספרות, או אחד מקודי השחזור.",
    button: "המשך",
    signIn: "חזרה לסיסמה",
  },
}
