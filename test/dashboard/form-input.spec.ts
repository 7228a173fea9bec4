import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

describe('what is typed into a form', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
  });
  afterAll(() => app.close());

  const pageOf = (main: string): string => `/accounts/${main}/sip-accounts/desk/add-credit`;

  it('is read and answered in the language of the form, whatever was chosen since', async () => {
    await app.funded('language');
    const form = formOf(await app.send(pageOf('language'), undefined, 'nl'));
    const refused = await app.send(pageOf('language'), { ...form, amount: '1.500' }, 'en');
    expect(refused.status).toBe(422);
    expect(textOf(refused)).toContain(nl.problems['amount-malformed']('EUR'));
    const booked = await app.send(pageOf('language'), { ...formOf(refused), amount: '1,500' }, 'en');
    expect(booked.status).toBe(303);
    expect(await app.onDesk('language')).toBe('1.5000');
    const unheardOf = await app.send(pageOf('language'), { ...form, language: 'constructor' }, 'en');
    expect(textOf(unheardOf)).toContain(en.add.title);
  });

  it('may begin with the sign of the account’s own currency, and no other', async () => {
    await app.funded('sign');
    const page = pageOf('sign');
    for (const amount of ['$5', '£5', 'USD 5', '€€5']) {
      const answer = await app.send(page, { ...formOf(await app.send(page)), amount });
      expect([amount, answer.status]).toEqual([amount, 422]);
      expect(textOf(answer)).toContain('This is not an amount in EUR.');
    }
    for (const amount of ['€5', ' € 5 ']) {
      const answer = await app.send(page, { ...formOf(await app.send(page)), amount });
      expect([amount, answer.status]).toEqual([amount, 303]);
      await app.catchUp('sign');
    }
  });

  it('may hold the joiners that Persian, Hindi and families need, and nothing that turns the text around it', async () => {
    await app.funded('texts');
    const texts = [
      ['می\u200cخواهم', 303],
      ['क्\u200dष', 303],
      ['👨\u200d👩\u200d👧', 303],
      ['inv\u00ad1', 303],
      ['\u202eabc', 422],
      ['a\u2066bc', 422],
      ['a\u0007b', 422],
    ] as const;
    for (const [text, status] of texts) {
      const named = await app.send('/accounts/texts/sip-accounts/desk/name', { name: text });
      expect([text, named.status]).toEqual([text, status]);
      const purchase = formOf(await app.send('/accounts/texts/purchase'));
      const bought = await app.send('/accounts/texts/purchase', {
        ...purchase,
        amount: '1',
        reference: text,
      });
      expect([text, bought.status]).toEqual([text, status]);
      expect(bought.text.includes('control characters')).toBe(status === 422);
      await app.catchUp('texts');
    }
  });

  it('has the focus again where it is in error', async () => {
    await app.funded('focus');
    const page = '/accounts/focus/purchase';
    const focused = async (typed: Record<string, string>): Promise<string | undefined> => {
      const { text } = await app.send(page, { ...formOf(await app.send(page)), ...typed });
      return /id="(\w+)"[^>]* autofocus/.exec(text)?.[1];
    };
    expect(await focused({ amount: '5', reference: '\u202e' })).toBe('reference');
    expect(await focused({ amount: 'x', reference: 'invoice' })).toBe('amount');
  });
});
