/** More characters than this need more room, or smaller ones: in euros from 100 000, and from hundreds of millions. */
const SIZES = [
  [17, 'longest'],
  [13, 'long'],
] as const;

/** The class of an amount that has to stay on one line where there is little room; empty for most. */
export const amountSize = (text: string): string => SIZES.find(([most]) => text.length > most)?.[1] ?? '';
