/** Exact arithmetic on canonical amounts, for what a page works out itself. */
const DECIMALS = 4;

export const unitsOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

export function amountOf(units: bigint): string {
  const digits = String(units).padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

export const sum = (...amounts: readonly string[]): string =>
  amountOf(amounts.reduce((total, amount) => total + unitsOf(amount), 0n));

export const isMore = (a: string, b: string): boolean => unitsOf(a) > unitsOf(b);
