/**
 * Control characters, halves of a surrogate pair, which no UTF-8 can hold, and what turns the direction of the text
 * around it. Characters that join others are none of these: Persian, Hindi and families in emoji need them.
 */
const BARRED = String.raw`\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069`;

/** A text that a person may give, of so many characters. */
export const plainText = (least: number, most: number): RegExp =>
  new RegExp(`^[^${BARRED}]{${least},${most}}$`, 'u');
