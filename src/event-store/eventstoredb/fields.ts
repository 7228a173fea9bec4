/** A field of the protocol as it is announced in a message: by its number, and by whether its length stands before it. */
export const withLength = (field: number): number => (field << 3) | 2;
export const ofNumber = (field: number): number => field << 3;
