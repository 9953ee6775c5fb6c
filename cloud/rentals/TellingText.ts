/** What a message about a rental says, in the shopper's language; short, without a word of advertising. */
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import type { Telling } from "./Telling.ts"

export interface Told {
  readonly cart: string
  readonly bay: string
  /** When it is due, and when it ended, as the branch's clock shows it. */
  readonly due: string
  readonly ended: string
}

type Sentences = Readonly<Record<Telling, (told: Told) => string>>

const hebrew: Sentences = {
  started: ({ cart, due }) => `עגלה ${cart} אצלך. להחזיר עד ${due}`,
  notTaken: ({ bay }) => `העגלה בעמדה ${bay} פתוחה ומחכה לך`,
  notStarted: () => "העגלה לא נפתחה ולא נרשמה על שמך",
  dueSoon: ({ cart, due }) => `תזכורת: להחזיר את עגלה ${cart} עד ${due}`,
  overdue: ({ cart }) => `עגלה ${cart} באיחור. נא להחזיר לעמדה`,
  lost: ({ cart }) => `עגלה ${cart} נחשבת אבודה. נא להחזיר או לפנות לסניף`,
  returned: ({ cart, ended }) => `עגלה ${cart} הוחזרה ב-${ended}. תודה`,
  returnedLate: ({ cart, ended }) => `עגלה ${cart} הוחזרה באיחור ב-${ended}`,
  correction: ({ cart, ended }) => `תיקון: עגלה ${cart} הוחזרה בזמן, ב-${ended}. סליחה על התזכורת`,
  reopened: ({ cart, due }) => `תיקון: עגלה ${cart} עדיין רשומה אצלך, להחזיר עד ${due}. לא נכון? פנו לסניף`,
  asked: ({ cart, due }) => `נא להחזיר את עגלה ${cart}, להחזרה עד ${due}. תודה מהסניף`,
}

const english: Sentences = {
  started: ({ cart, due }) => `You have cart ${cart}. Back by ${due}, please.`,
  notTaken: ({ bay }) => `Your cart at bay ${bay} is open and waits for you.`,
  notStarted: () => "The cart did not open. Nothing is on your name.",
  dueSoon: ({ cart, due }) => `Please bring cart ${cart} back by ${due}.`,
  overdue: ({ cart }) => `Cart ${cart} is overdue. Please bring it back.`,
  lost: ({ cart }) => `Cart ${cart} counts as lost. Please bring it back or ask at the shop.`,
  returned: ({ cart, ended }) => `Cart ${cart} came back at ${ended}. Thank you.`,
  returnedLate: ({ cart, ended }) => `Cart ${cart} came back late, at ${ended}.`,
  correction: ({ cart, ended }) => `Correction: cart ${cart} was back in time, at ${ended}. Sorry for the reminder.`,
  reopened: ({ cart, due }) =>
    `Correction: cart ${cart} still counts as with you, due ${due}. Not so? Ask at the shop.`,
  asked: ({ cart, due }) => `The shop asks you to bring cart ${cart} back, due ${due}.`,
}

const arabic: Sentences = {
  started: ({ cart, due }) => `العربة ${cart} معك. الرجاء إعادتها حتى ${due}`,
  notTaken: ({ bay }) => `العربة في الموقف ${bay} مفتوحة وتنتظرك`,
  notStarted: () => "لم تُفتح العربة ولم تُسجَّل باسمك",
  dueSoon: ({ cart, due }) => `تذكير: أعد العربة ${cart} حتى ${due}`,
  overdue: ({ cart }) => `تأخرت العربة ${cart}. الرجاء إعادتها`,
  lost: ({ cart }) => `العربة ${cart} تُعتبر مفقودة. الرجاء إعادتها أو التوجه إلى الفرع`,
  returned: ({ cart, ended }) => `أُعيدت العربة ${cart} في ${ended}. شكرًا`,
  returnedLate: ({ cart, ended }) => `أُعيدت العربة ${cart} متأخرة في ${ended}`,
  correction: ({ cart, ended }) => `تصحيح: أُعيدت العربة ${cart} في الوقت، ${ended}. نعتذر عن التذكير`,
  reopened: ({ cart, due }) => `تصحيح: العربة ${cart} ما زالت مسجلة لديك، حتى ${due}. غير صحيح؟ توجه إلى الفرع`,
  asked: ({ cart, due }) => `يطلب منك الفرع إعادة العربة ${cart}، الموعد ${due}`,
}

const russian: Sentences = {
  started: ({ cart, due }) => `Тележка ${cart} у вас. Вернуть до ${due}`,
  notTaken: ({ bay }) => `Тележка на месте ${bay} открыта и ждёт вас`,
  notStarted: () => "Тележка не открылась и за вами не числится",
  dueSoon: ({ cart, due }) => `Напоминание: верните тележку ${cart} до ${due}`,
  overdue: ({ cart }) => `Тележка ${cart} просрочена. Верните её, пожалуйста`,
  lost: ({ cart }) => `Тележка ${cart} считается потерянной. Верните её или обратитесь в магазин`,
  returned: ({ cart, ended }) => `Тележка ${cart} возвращена в ${ended}. Спасибо`,
  returnedLate: ({ cart, ended }) => `Тележка ${cart} возвращена с опозданием в ${ended}`,
  correction: ({ cart, ended }) => `Поправка: тележка ${cart} возвращена вовремя, в ${ended}. Извините за напоминание`,
  reopened: ({ cart, due }) =>
    `Поправка: тележка ${cart} всё ещё за вами, вернуть до ${due}. Не так? Обратитесь в магазин`,
  asked: ({ cart, due }) => `Магазин просит вернуть тележку ${cart}, срок ${due}`,
}

const sentences: Readonly<Record<ShopperLocale, Sentences>> = { he: hebrew, en: english, ar: arabic, ru: russian }

export const tellingText = (locale: ShopperLocale, about: Telling, told: Told): string => sentences[locale][about](told)
