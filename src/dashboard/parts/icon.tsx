const PATHS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  edit: 'M3 13l.6-2.6L10.8 3.2l2 2-7.2 7.2L3 13z',
  down: 'M8 2v8m0 0l3.5-3.5M8 10L4.5 6.5M3 13.5h10',
} as const;

/** A small drawing that only decorates: the text beside it, or the label around it, says what it means. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
