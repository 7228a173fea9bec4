const LONGEST = 500;

/**
 * What is wished for most, of what there is.
 * @param header such as `nl-BE,nl;q=0.9,en;q=0.8`, or an Accept
 * @param isThere tells whether there is what a wish names, in small letters
 */
export function bestOf(header: string | undefined, isThere: (wish: string) => boolean): string | undefined {
  return (header ?? '')
    .slice(0, LONGEST)
    .split(',')
    .map((wish) => {
      const [name = '', ...parameters] = wish
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.map((text) => /^q=([01](?:\.\d{0,3})?)$/.exec(text)?.[1]).find(Boolean);
      return { name, quality: Number(quality ?? 1) };
    })
    .filter(({ name, quality }) => quality > 0 && isThere(name))
    .toSorted((a, b) => b.quality - a.quality)[0]?.name;
}
