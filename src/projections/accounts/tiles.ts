/**
 * Where the entries of an account lie in the log, sixteen together. An index would write a page for nearly every
 * event; here the last few positions travel in a row that is written anyway, and a page is written for sixteen.
 */
export const TILE = 16;

/** Positions as a column holds them. */
export const textOf = (positions: readonly number[]): string => `[${positions.join()}]`;

export const positionsIn = (text: string): number[] => JSON.parse(text) as number[];
