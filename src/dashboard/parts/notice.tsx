import type { ComponentChildren } from 'preact';

/** A message to whoever looks. A problem is announced at once, the others when the reader is ready for it. */
export function Notice({
  kind,
  children,
}: {
  kind: 'done' | 'info' | 'problem';
  children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'problem' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
