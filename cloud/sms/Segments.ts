/**
 * How many parts a text message has, for which one pays: 160 characters of the GSM alphabet or 70 of any other, fewer in
 * each part of a long one (3GPP TS 23.038, 23.040).
 */
const gsm =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
const gsmTwice = "^{}\\[~]|€\f"

/** Parts of a message with this text; an empty text is one. */
export const segmentsOf = (text: string): number => {
  let units = 0
  for (const character of text) {
    if (gsm.includes(character)) units += 1
    else if (gsmTwice.includes(character)) units += 2
    else return partsOf(text.length, 70, 67)
  }
  return partsOf(units, 160, 153)
}

const partsOf = (units: number, alone: number, each: number): number => (units <= alone ? 1 : Math.ceil(units / each))
