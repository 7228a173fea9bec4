/** A field of the protocol as it is announced in a message: by its number, and by whether its length stands before it. */
export const withLength = (field: number): number => (field << 3) | 2;
export const ofNumber = (field: number): number => field << 3;

// Of what is both read and written: shared.proto of EventStoreDB 24.6, and the entries of a map.
export const UUID = { structured: withLength(1), string: withLength(2) };
export const StreamIdentifier = { name: withLength(3) };
export const Property = { name: withLength(1), value: withLength(2) };
