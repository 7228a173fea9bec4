// What script adds to pages that work without it: live figures, quick amounts, one press a form.

const fresh = document.getElementById('fresh');

let connection = 'connecting';
/** True while the page lacks what was booked, however good the connection is. */
let lacking = fresh?.dataset.state === 'behind';

/** Shows how fresh the page is, with the texts that it brought along. */
function show() {
  const state = lacking && connection !== 'lost' ? 'behind' : connection;
  if (!fresh || fresh.dataset.state === state) return;
  fresh.dataset.state = state;
  fresh.querySelector('.fresh-text').textContent = fresh.dataset[state];
}

/** Replaces the parts of this page that differ on a newer copy of it, and leaves the rest, and the focus, alone. */
function replaceParts(newer) {
  // Another tab has chosen another language: parts of both would stand on one page.
  if (newer.documentElement.lang !== document.documentElement.lang) return location.reload();
  for (const part of document.querySelectorAll('[data-part]')) {
    const other = newer.getElementById(part.id);
    if (!other || other.tagName !== part.tagName) return location.reload();
    if (part.innerHTML !== other.innerHTML) keepFocus(part, () => replace(part, other));
  }
}

function replace(part, other) {
  if (part.tagName === 'TBODY') replaceRows(part, other);
  else part.innerHTML = other.innerHTML;
}

/**
 * Keeps the focus on its link, or on the one that leads the same way: where Older leads changes with the entries.
 * A link that is gone, as that to credit that somebody else removed, leaves it to the one before.
 */
function keepFocus(part, change) {
  const focused = part.contains(document.activeElement) ? document.activeElement : undefined;
  const before = [...part.querySelectorAll('a')].indexOf(focused) - 1;
  change();
  const links = [...part.querySelectorAll('a')];
  const same = (name) => links.find((link) => focused?.[name] && link[name] === focused[name]);
  (same('href') ?? same('rel') ?? (focused && links[Math.max(before, 0)]))?.focus();
}

function replaceRows(body, other) {
  const known = new Set([...body.rows].map((row) => row.outerHTML.replace(' class="changed"', '')));
  body.replaceChildren(...other.rows);
  for (const row of body.rows) if (!known.has(row.outerHTML)) row.classList.add('changed');
}

const changes = document.getElementById('changes');
/** Longer lists of changes would be no news but a reading. */
const MOST_TOLD = 4;
const SETTLED_MS = 1500;

/** The amounts on the page, by what they are of. */
const amounts = () =>
  new Map(
    [...document.querySelectorAll('[data-say]')].map(({ dataset, innerText }) => [dataset.say, innerText]),
  );
let told = amounts();
let telling;

/** Tells a screen reader which amounts have changed, once they have stopped changing: not everything, nor each step. */
function tellChanges() {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const now = amounts();
    const changed = [...now].filter(([name, amount]) => told.has(name) && told.get(name) !== amount);
    told = now;
    if (changed.length === 0) return;
    changes.textContent = changed
      .slice(0, MOST_TOLD)
      .map(([name, amount]) => `${name}: ${amount}.`)
      .join(' ');
  }, SETTLED_MS);
}

let reading = false;
let again = false;

/** Reads this page anew. Changes that come while it is being read are read together afterwards. */
async function refresh() {
  if (reading) return void (again = true);
  reading = true;
  again = false;
  try {
    const address = new URL(location.href);
    for (const name of ['at', 'done', 'again', 'named']) address.searchParams.delete(name);
    const answer = await fetch(address, { headers: { 'Ledger-Refresh': '1' } });
    if (answer.redirected || answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    replaceParts(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    lacking = false;
    if (changes) tellChanges();
    if (again) setTimeout(refresh, 200);
  } catch {
    // The page is not told of this change once more.
    lacking = true;
    setTimeout(refresh, 1000);
  } finally {
    reading = false;
    show();
  }
}

/**
 * Follows the account. After a cut the browser connects again by itself and says which event it saw last.
 * @returns what ends it
 */
function follow(path) {
  // The server says something every ten seconds; silence means that the connection is dead without saying so.
  let silence;
  const lose = () => {
    connection = 'lost';
    show();
  };
  const heard = (state) => {
    connection = state;
    show();
    clearTimeout(silence);
    silence = setTimeout(lose, 25_000);
  };
  connection = 'connecting';
  show();
  const events = new EventSource(path);
  events.addEventListener('alive', () => heard('live'));
  events.addEventListener('behind', () => heard('behind'));
  events.addEventListener('changed', () => {
    // What has changed may still be behind the log.
    heard(connection === 'behind' ? 'behind' : 'live');
    void refresh();
  });
  events.addEventListener('error', () => {
    lose();
    // The server refused: signed out, or the account is gone. The page itself tells which.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  return () => {
    clearTimeout(silence);
    events.close();
  };
}

/** A browser opens six connections to a server: a tab that nobody has looked at for a while gives its own back. */
function followWhileSeen(path) {
  let stop = follow(path);
  let hidden;
  const leave = () => {
    stop?.();
    stop = undefined;
  };
  addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(leave, 30_000);
    // The page's revision is an old one by now, so the server says at once what has changed since.
    else stop ??= follow(path);
  });
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

// On a small screen the menu is one line that scrolls: the page's own entry belongs in sight. Not by scrollIntoView,
// which would also let Tab begin there.
const menu = document.querySelector('.menu');
const here = menu?.querySelector('[aria-current]');
if (here) menu.scrollLeft = here.offsetLeft - menu.offsetLeft + here.offsetWidth - menu.clientWidth;

// A browser takes an entry of which a part is in sight for seen.
menu?.addEventListener('focusin', ({ target }) =>
  target.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
);

if (document.body.dataset.live) followWhileSeen(document.body.dataset.live);

for (const chip of document.querySelectorAll('[data-fill]')) {
  chip.setAttribute('role', 'button');
  chip.addEventListener('click', (event) => {
    event.preventDefault();
    const amount = document.getElementById('amount');
    amount.value = chip.dataset.fill;
    amount.focus();
  });
}

// Whoever sees a button presses Space as well as Enter; at a link a browser would scroll the page. A key that is held
// is one press: each further one would break off the way to the page and begin anew.
addEventListener('keydown', (event) => {
  if (event.key !== ' ' || !event.target.matches('a.button, a.round, a.quiet, .chips a')) return;
  event.preventDefault();
  if (!event.repeat) event.target.click();
});

// A second press of the same form would be answered "already done"; better not to send it. If no page has come
// by then, pressing again is what helps.
for (const form of document.querySelectorAll('form[data-once]')) {
  const button = form.querySelector('button');
  const allow = () => button.removeAttribute('aria-disabled');
  form.addEventListener('submit', (event) => {
    if (button.hasAttribute('aria-disabled')) return event.preventDefault();
    button.setAttribute('aria-disabled', 'true');
    setTimeout(allow, 2000);
  });
  addEventListener('pageshow', allow);
}
