import type { ComponentChildren } from 'preact';
import { LANGUAGES, textsIn } from '../texts/languages.js';
import type { View } from '../view.js';

interface LayoutProps {
  readonly view: View;
  readonly title: string;
  /** The page's place in the menu. */
  readonly at?: 'accounts' | 'overview' | 'history';
  /** Where server-sent events tell of changes; the parts marked `data-part` are then read again. */
  readonly live?: string | undefined;
  readonly children: ComponentChildren;
}

/** The frame of every page: head, menu, language switch, content. */
export function Layout({ view, title, at, live, children }: LayoutProps) {
  const { t, assets, language } = view;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · ${t.appName}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href={assets.path('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.path('ledger.css')} />
        <script type="module" src={assets.path('ledger.js')} />
      </head>
      <body data-live={live}>
        <a class="skip" href="#content">
          {t.skipToContent}
        </a>
        <header class="top">
          <a class="brand" href="/">
            <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
              <rect width="32" height="32" rx="8" />
              <path d="M8 22V12m8 10V8m8 14v-6" />
            </svg>
            {t.appName}
          </a>
          {view.principal && <Menu view={view} at={at} />}
          <div class="top-tools">
            {view.path && <LanguageSwitch view={view} />}
            {view.principal && (
              <form method="post" action="/sign-out">
                <button class="link" title={t.signedInAs(view.principal.id)}>
                  {t.signOut}
                </button>
              </form>
            )}
          </div>
        </header>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}

function Menu({ view, at }: { view: View; at: LayoutProps['at'] }) {
  const { t } = view;
  const entries = [
    ...(view.isStaff ? [{ name: 'accounts', href: '/accounts', text: t.mainAccounts }] : []),
    ...(view.mainAccountId
      ? [
          { name: 'overview', href: view.to(), text: t.sipAccounts },
          { name: 'history', href: view.to('/history'), text: t.history },
        ]
      : []),
  ];
  return (
    <nav class="menu" aria-label={t.menu}>
      {entries.map(({ name, href, text }) => (
        <a key={name} href={href} aria-current={at === name ? 'page' : undefined}>
          {text}
        </a>
      ))}
      {view.shopUrl && <a href={view.shopUrl}>{t.shop}</a>}
    </nav>
  );
}

function LanguageSwitch({ view }: { view: View }) {
  return (
    <form method="post" action="/language" class="languages" aria-label={view.t.language}>
      <input type="hidden" name="path" value={view.path} />
      {LANGUAGES.map((language) => (
        <button
          key={language}
          class="link"
          name="language"
          value={language}
          lang={language}
          aria-pressed={language === view.language}
        >
          {textsIn(language).languageName}
        </button>
      ))}
    </form>
  );
}
