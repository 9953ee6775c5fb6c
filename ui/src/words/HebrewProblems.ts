/**
 * What went wrong with a request and what to do about it, in Hebrew.
 */
import type { Words } from "./English.ts"

export const hebrewProblems: Words["problems"] = {
  unreachable: { title: "אין קשר עם השרת.", todo: "כדאי לבדוק את החיבור; הדף ינסה שוב בעצמו." },
  unreadable: {
    title: "השרת ענה דבר שהדף הזה אינו מבין.",
    todo: "יש לטעון את הדף מחדש; אם זה נמשך, השרת והדף הם מגרסאות שונות.",
  },
  sign_in_failed: { title: "הדואר האלקטרוני או הסיסמה שגויים.", todo: "יש לבדוק את שניהם ולנסות שוב." },
  session_over: { title: "ההתחברות הסתיימה.", todo: "יש להיכנס מחדש." },
  second_factor_refused: {
    title: "הקוד שגוי או שכבר נעשה בו שימוש.",
    todo: "יש להמתין לקוד הבא באפליקציה ולנסות אותו.",
  },
  invitation_over: { title: "ההזמנה אינה תקפה עוד.", todo: "יש לבקש הזמנה אחרת." },
  email_taken: { title: "מישהו כבר נכנס עם כתובת הדואר הזו.", todo: "" },
  grant_refused: { title: "אי אפשר להעניק או לשלול כך את התפקיד.", todo: "" },
  already_done: { title: "זה כבר נעשה קודם.", todo: "" },
  unauthorized: { title: "ההתחברות הסתיימה.", todo: "יש להיכנס שוב." },
  forbidden: { title: "התפקיד שלך אינו מאפשר זאת.", todo: "אפשר לפנות למי שתפקידו מאפשר." },
  not_found: { title: "אין רשומה כזו, או שאין לך גישה אליה.", todo: "יש לבחור מהרשימה." },
  alarm_not_changed: { title: "ההתראה אינה מאפשרת זאת כעת.", todo: "" },
  alarm_rule_fixed: { title: "הכלל הזה נשאר כפי שהוא.", todo: "" },
  command_refused: { title: "אי אפשר לבצע את הפקודה כעת.", todo: "" },
  too_many_requests: { title: "יותר מדי בקשות.", todo: "יש להמתין רגע ולנסות שוב." },
  unavailable: { title: "חלק נחוץ עדיין אינו מוכן.", todo: "יש לנסות שוב בעוד רגע." },
  internal: { title: "השרת נכשל.", todo: "יש לנסות שוב; אם זה נמשך, יש לפנות למפעילים." },
  name_taken: { title: "לרשומה אחרת כבר יש השם או הקוד הזה.", todo: "יש לבחור אחר." },
  record_refused: { title: "אי אפשר לשנות כך את הרשומה.", todo: "" },
  precondition_failed: {
    title: "מישהו אחר שינה את הרשומה מאז שנפתחה.",
    todo: "יש לסגור, להסתכל שוב ולהחליט מחדש.",
  },
  config_refused: { title: "אי אפשר לשנות כך את התצורה.", todo: "" },
  placement_refused: { title: "אי אפשר לשבץ שם את העגלה.", todo: "" },
  bad_request: { title: "השרת לא קיבל את הבקשה.", todo: "" },
}
