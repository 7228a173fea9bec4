import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountLabel } from '../../src/dashboard/format.js';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

const acme = '/accounts/acme';
const desk = `${acme}/sip-accounts/desk`;
const LABEL = 'desk (Front & back)';

describe('the name of a SIP account', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
    await app.funded('acme');
    await app.api.post('/v1/main-accounts/acme/sip-accounts', { sipAccountId: 'hall' });
    const named = await app.send(`${desk}/name`, { name: 'Front & back' });
    await app.send(named.headers.get('Location')!);
  });
  afterAll(() => app.close());

  const read = async (path: string): Promise<string> => textOf(await app.send(path)).replaceAll('&amp;', '&');

  it('stands with its id where credit is added to it and removed from it, also when there is none', async () => {
    const add = await read(`${desk}/add-credit`);
    expect(add).toContain(en.add.intro(LABEL));
    expect(add).toContain(en.add.has(LABEL));
    expect(await read(`${desk}/remove-all-credit`)).toContain(en.remove.nothing(LABEL));
    const form = formOf(await app.send(`${desk}/add-credit`));
    const { headers } = await app.send(`${desk}/add-credit`, { ...form, amount: '1' });
    expect(await read(headers.get('Location')!)).toContain(
      en.done.CreditAllocated('€1.0000', LABEL, '€1.0000'),
    );
    const remove = await read(`${desk}/remove-all-credit`);
    expect(remove).toContain(en.remove.intro(LABEL, '€1.0000'));
    expect(remove).toContain(en.remove.fromNow(LABEL));
  });

  it('stands with its id beside its share of the credit, and where it is changed', async () => {
    expect(await read(acme)).toContain(`${LABEL} €1.0000`);
    expect(await read(`${desk}/name`)).toContain(en.name.intro(LABEL));
  });

  it('stands with its id in the history, and over its chart', async () => {
    expect(await read(`${acme}/history`)).toContain(`${en.kinds.CreditAllocated} ${LABEL} `);
    expect(await read(`${acme}/history?account=desk`)).toContain(en.details.chartOf(LABEL));
  });

  it('is missing where there is none, and the id stands alone', async () => {
    expect(await read(`${acme}/sip-accounts/hall/add-credit`)).toContain(en.add.intro('hall'));
    expect(await read(`${acme}/history`)).toContain(`${en.kinds.SipAccountAdded} hall `);
  });

  it('is news for an open history', async () => {
    const live = /data-live="([^"]+)"/.exec((await app.send(`${acme}/history`)).text)![1]!;
    expect(await app.hear(live, /changed/, 500)).not.toContain('event: changed');
    const told = app.hear(live, /"revision":/, 5000);
    await app.send(`${desk}/name`, { name: 'Reception' });
    expect(await told).toContain('event: changed');
  });
});

describe('the SIP account that a history is narrowed down to', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
    await app.funded('acme');
    const names = {
      hall: 'Zoë’s phone',
      '31201': 'مكتب الاستقبال',
      door: 'Door',
      'door-2': 'Back door',
      north: 'Porch',
      south: 'Porch',
    };
    for (const sipAccountId of Object.keys(names))
      await app.api.post('/v1/main-accounts/acme/sip-accounts', { sipAccountId });
    await app.catchUp('acme');
    for (const [sipAccountId, name] of Object.entries(names)) {
      const named = await app.send(`${acme}/sip-accounts/${sipAccountId}/name`, { name });
      await app.send(named.headers.get('Location')!);
    }
  });
  afterAll(() => app.close());

  const narrowedTo = (text: string) => app.send(`${acme}/history?account=${encodeURIComponent(text)}`);
  const choicesOf = ({ text }: { readonly text: string }): string[] =>
    [...text.matchAll(/<option value="([^"]+)"><\/option>|<option value="([^"]+)"\/>/g)].map(
      ([, one, other]) => (one ?? other)!,
    );

  it('can be chosen from all there are, by id and name', async () => {
    const page = await app.send(`${acme}/history`);
    expect(page.text).toMatch(/<input[^>]*list="accounts"/);
    const choices = choicesOf(page);
    expect(choices).toEqual(
      expect.arrayContaining(['desk', 'hall (Zoë’s phone)', 'door (Door)', 'door-2 (Back door)']),
    );
    for (const choice of choices) {
      const { text } = await narrowedTo(choice);
      expect([choice, text.includes(`value="${choice}"`), text.includes('account-problem')]).toEqual([
        choice,
        true,
        false,
      ]);
    }
  });

  it.each([
    ['its id', 'hall', 'hall'],
    ['its id, with spaces around it', ' hall ', 'hall'],
    ['its name', 'zoe’s phone', 'hall'],
    ['a part of its name', 'الاستقبال', '31201'],
    ['its name, though others have it in theirs', 'Door', 'door'],
    ['its id, under a name that it had before', 'hall (Lobby)', 'hall'],
  ])('is known by %s', async (_, text, sipAccountId) => {
    const page = await narrowedTo(text);
    expect(page.text).toContain(`/history.csv?account=${sipAccountId}"`);
    expect((page.text.match(/id="entry-/g) ?? []).length).toBe(1);
  });

  it.each([
    ['means none', 'Nobody', 0],
    ['means several', 'oo', 2],
    ['is the name of several', 'Porch', 2],
  ])('is asked for again beside its field when a text %s', async (_, text, fits) => {
    const page = await narrowedTo(text);
    expect(textOf(page)).toContain(en.details.accountUnclear(text, fits));
    expect(page.text).toMatch(/<input[^>]*aria-describedby="account-problem"/);
    expect(page.text).toContain(`value="${text}"`);
    expect(page.text).not.toContain('id="entry-');
  });
});

describe('a name that is written from right to left', () => {
  it('leaves the brackets and figures around it in their places', () => {
    expect(accountLabel('31201', 'مكتب')).toBe('31201 (\u2068مكتب\u2069)');
    expect(accountLabel('31201', 'Zoë')).toBe('31201 (Zoë)');
  });
});
