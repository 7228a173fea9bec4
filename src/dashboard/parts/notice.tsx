import type { ComponentChildren } from 'preact';

interface NoticeProps {
  readonly kind: 'done' | 'info' | 'problem';
  /** True for what a form led to: screen readers pass over a status that is there when a page comes, not over the focus. */
  readonly focus?: boolean;
  readonly children: ComponentChildren;
}

/** A message to whoever looks. A problem is announced at once, the others when the reader is ready for it. */
export function Notice({ kind, focus = false, children }: NoticeProps) {
  const focused = focus && { tabIndex: -1, autofocus: true };
  return (
    <div class={`notice notice-${kind}`} role={kind === 'problem' ? 'alert' : 'status'} {...focused}>
      {children}
    </div>
  );
}
