export type Label = string | number;

interface Branch<Kept> {
  kept: Kept | undefined;
  readonly next: Map<Label, Branch<Kept>>;
}

const branch = <Kept>(): Branch<Kept> => ({ kept: undefined, next: new Map() });

/**
 * What is kept for each set of labels, found by one label after the other: to make a text of them all, as the library
 * does, takes several times as long.
 */
export class ByLabels<Kept extends object> {
  /** In the order in which the labels were first seen. */
  readonly entries: (readonly [labels: readonly Label[], kept: Kept])[] = [];
  private readonly root = branch<Kept>();

  /** @param make what is kept for labels that have not been seen before */
  constructor(private readonly make: () => Kept) {}

  of(labels: readonly Label[]): Kept {
    let at = this.root;
    for (const label of labels) {
      let next = at.next.get(label);
      if (!next) at.next.set(label, (next = branch()));
      at = next;
    }
    if (!at.kept) this.entries.push([labels, (at.kept = this.make())]);
    return at.kept;
  }
}
