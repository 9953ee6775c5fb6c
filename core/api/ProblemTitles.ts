/**
 * The titles of problems in the languages of the API, by their code: the last word of the problem's `type`. English titles
 * are the problems' own; here is what else they are called. Every code of the API has a title in every language.
 */

/** The languages problems are told in; English if a client asks for none of them. */
export type ProblemLanguage = "en" | "he"

const prefix = "urn:cartwise:problem:"

/** The stable code of a problem from its `type` and status; `about:blank` says no more than the status does. */
export const codeOf = (type: string, status: number): string => {
  if (type.startsWith(prefix)) return type.slice(prefix.length)
  return status >= 500 ? "internal" : "bad_request"
}

/** The title of a problem in a language; undefined if its own title stands. */
export const titleIn = (language: ProblemLanguage, code: string): string | undefined =>
  language === "he" ? hebrewTitles[code] : undefined

export const hebrewTitles: Readonly<Record<string, string>> = {
  alarm_not_changed: "ההתראה אינה מאפשרת זאת כעת.",
  alarm_rule_fixed: "הכלל הזה נשאר כפי שהוא.",
  already_done: "זה כבר נעשה קודם.",
  bad_request: "הבקשה אינה מתאימה לחוזה.",
  claim_refused: "אי אפשר ליצור אישור הצטרפות כזה.",
  code_refused: "הקוד שגוי או שאינו תקף עוד.",
  command_refused: "אי אפשר לבצע את הפקודה כעת.",
  config_refused: "אי אפשר לשנות כך את ההגדרות.",
  email_taken: "מישהו כבר נכנס עם כתובת הדואר הזו.",
  forbidden: "התפקיד שלך אינו מאפשר זאת.",
  grant_refused: "אי אפשר להעניק או לשלול כך את התפקיד.",
  history_not_kept: "המצבים של התאום הזה אינם נשמרים לזמן כה רב.",
  idempotency_key_reused: "המפתח Idempotency-Key שייך לבקשה אחרת: יש להשתמש בחדש.",
  internal: "משהו השתבש אצלנו.",
  invitation_over: "ההזמנה אינה תקפה עוד: יש לבקש אחרת.",
  no_such_moment: "לתאום אין רגע כזה בתולדותיו.",
  not_found: "אין רשומה כזו, או שאין לך גישה אליה.",
  phone_refused: "זה אינו מספר נייד שאפשר לשלוח אליו קוד.",
  placement_refused: "אי אפשר להציב שם את העגלה.",
  precondition_failed: "הרשומה שונתה מאז שנקראה.",
  name_taken: "לרשומה אחרת כבר יש זאת.",
  precondition_required: "יש לציין איזו גרסה מוחלפת: If-Match עם מה שנקרא, או *.",
  presence_required: "קודים נשלחים כעת רק בעמדה.",
  registration_refused: "המכשיר אינו רשאי להירשם: יש לבקש עבורו אישור הצטרפות חדש.",
  record_refused: "אי אפשר לשנות כך את הרשומה.",
  refused: "אי אפשר לענות על הבקשה.",
  rental_not_changed: "ההשאלה אינה מאפשרת זאת כעת.",
  return_refused: "אי אפשר להחזיר את העגלה כך.",
  rental_refused: "אי אפשר להשאיל עגלה כעת.",
  second_factor_refused: "הקוד שגוי או שכבר נעשה בו שימוש.",
  session_over: "ההתחברות הסתיימה: יש להיכנס מחדש.",
  sign_in_failed: "הדואר האלקטרוני או הסיסמה שגויים.",
  simulation_refused: "התא המדומה אינו מאפשר זאת כעת.",
  too_complex: "גוף הבקשה עמוק מדי או ארוך מדי במקום אחד.",
  too_large: "הבקשה גדולה מדי.",
  url_too_long: "הכתובת ארוכה מדי.",
  too_many_requests: "יותר מדי בקשות: יש להמתין ולנסות שוב.",
  unauthorized: "יש להיכנס קודם: אסימון הגישה חסר, שגוי או שפג תוקפו.",
  unavailable: "חלק נחוץ עדיין אינו מוכן.",
  unsupported_media_type: "גוף הבקשה צריך להיות JSON.",
  unreadable: "אי אפשר לקרוא את הבקשה.",
}

/** The language a client asks for (`Accept-Language`, by weight, the first of equals). */
export const languageOf = (accepted: string | undefined): ProblemLanguage => {
  const ranges = (accepted ?? "").slice(0, 200).split(",")
  const wishes = ranges.map((range) => {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith("q="))
    return { language: tag.split("-")[0], weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  const known = wishes.filter(({ language, weight }) => weight > 0 && (language === "he" || language === "en"))
  const best = known.reduce((a, b) => (b.weight > a.weight ? b : a), { language: "en", weight: 0 })
  return best.language === "he" ? "he" : "en"
}
