/** A name as it is searched: in small letters and without accents, so that `zoe` finds `Zoë`. */
export const searchText = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** A search text from each of its words on: what begins like one of them is found by an index. */
export const tailsOf = (text: string): readonly string[] =>
  Array.from(text.matchAll(/(?<=^|\s)\S/g), ({ index }) => text.slice(index));
