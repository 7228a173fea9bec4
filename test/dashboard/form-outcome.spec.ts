import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import { ReadModelBehind } from '../../src/projections/errors.js';
import { Reads } from '../../src/projections/reads.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

describe('a form whose outcome is not known', () => {
  let app: PageApp;
  let mend: () => void = () => undefined;
  beforeAll(async () => {
    app = await PageApp.start();
  });
  afterEach(() => mend());
  afterAll(() => app.close());

  /** The store writes, and then its answer is lost. */
  const loseReplies = (): void => {
    const { onAppend } = app.api.store;
    app.api.store.onAppend = async (append) => {
      await append();
      throw new OutcomeUnknown('the reply was lost');
    };
    mend = () => {
      app.api.store.onAppend = onAppend;
    };
  };
  const pageOf = (main: string): string => `/accounts/${main}/sip-accounts/desk/add-credit`;
  const openForm = async (main: string): Promise<Record<string, string>> => {
    await app.funded(main);
    return { ...formOf(await app.send(pageOf(main))), amount: '5' };
  };

  it('is never called not booked, also when the store is away at the next press', async () => {
    const form = await openForm('away');
    loseReplies();
    const { store } = app.api;
    const readStream = store.readStream.bind(store);
    // Not even the stream can be read, so the second press does not come to an append.
    store.readStream = () => {
      throw new StoreUnavailable('away');
    };
    const lost = mend;
    mend = () => {
      lost();
      store.readStream = readStream;
    };
    expect(textOf(await app.send(pageOf('away'), form))).toContain(en.problems['outcome-unknown']);
    const second = await app.send(pageOf('away'), form);
    expect(second.status).toBe(503);
    expect(textOf(second)).toContain(en.problems.unavailable);
    expect(en.problems.unavailable).toContain('whatever happened before, it is booked only once');
    mend();
    const third = await app.send(pageOf('away'), { ...formOf(second), amount: '5' });
    expect(third.headers.get('Location')).toContain('again=1');
    expect(await app.onDesk('away')).toBe('5.0000');
  });

  it('is shown without a way to lose it: the language cannot be switched on an answer to a form', async () => {
    const form = await openForm('switched');
    loseReplies();
    const unknown = await app.send(`${pageOf('switched')}?sent`, form);
    expect(formOf(unknown)['key']).toBe(form['key']);
    expect(unknown.text).not.toContain('action="/language"');
    expect((await app.send(pageOf('switched'))).text).toContain('action="/language"');
  });

  it('is called unknown also when the form cannot be shown again; only a page can be tried again from there', async () => {
    const form = await openForm('behind');
    loseReplies();
    const reads = app.api.app.get(Reads, { strict: false });
    const readAlone = reads.readAlone.bind(reads);
    reads.readAlone = () => Promise.reject(new ReadModelBehind('accounts', 'has not caught up'));
    const lost = mend;
    mend = () => {
      lost();
      reads.readAlone = readAlone;
    };
    const answer = await app.send(pageOf('behind'), form);
    expect(answer.status).toBe(503);
    expect(textOf(answer)).toContain('It is not known whether this was booked. Go back');
    expect(answer.text).not.toContain(en.problems.again);
    const page = await app.send(pageOf('behind'));
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '1']);
    expect(page.text).toContain(`href="${pageOf('behind')}">${en.problems.again}<`);
  });
});

describe('a form that was sent before', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
  });
  afterAll(() => app.close());

  const pageOf = (main: string): string => `/accounts/${main}/sip-accounts/desk/add-credit`;

  it('for something else gets a key that is not spent, although its page is behind', async () => {
    await app.funded('spent');
    const letGo = holdReadModels(app.api.dataDir);
    try {
      // Every form is opened on the same old state, and so begins with the same key.
      for (const amount of ['5', '6', '7']) {
        let answer = await app.send(pageOf('spent'));
        const tries: number[] = [];
        while (answer.status !== 303 && tries.length < 4) {
          answer = await app.send(pageOf('spent'), { ...formOf(answer), amount });
          tries.push(answer.status);
        }
        expect([amount, tries.at(-1)]).toEqual([amount, 303]);
        expect(answer.headers.get('Location')).not.toContain('again');
      }
    } finally {
      letGo();
    }
    expect(await app.onDesk('spent')).toBe('18.0000');
  });

  it('and is sent again long after tells what was true then, not now', async () => {
    await app.funded('then');
    const form = { ...formOf(await app.send(pageOf('then'))), amount: '5' };
    await app.send(pageOf('then'), form);
    await app.api.post('/v1/main-accounts/then/sip-accounts/desk/remove-all-credit');
    await app.catchUp('then');
    for (const [language, then] of [
      ['en', 'which then had €5.0000'],
      ['nl', 'dat daarna € 5,0000 had'],
    ] as const) {
      const again = await app.send(pageOf('then'), form);
      const page = await app.send(again.headers.get('Location')!, undefined, language);
      expect(textOf(page)).toContain(then);
    }
  });

  it('in a session that has ended leads to signing in, which says what was booked, and back to the form', async () => {
    await app.funded('ended');
    const form = formOf(await app.send(pageOf('ended')));
    const answer = await fetch(`${app.api.url}${pageOf('ended')}?sent`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...form, amount: '5' }),
    });
    expect(answer.status).toBe(303);
    const signIn = await app.send(answer.headers.get('Location')!);
    expect(textOf(signIn)).toContain(en.signIn.unsent);
    expect(formOf(signIn)['next']).toBe(pageOf('ended'));
  });
});
