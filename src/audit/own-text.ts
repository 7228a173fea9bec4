/**
 * The same text with memory of its own, for what is kept for long: the engine cuts a text out of another without
 * copying it, and would keep all of the page that an event was read with.
 */
export const ownText = (text: string): string => ` ${text}`.slice(1);
