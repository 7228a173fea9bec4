import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp } from '../support/page-app.js';

const { problems, amountProblems, addSip } = en;
const LARGEST = '999999999999.9999';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme', '99');
});
afterAll(() => app.close());

const send = async (page: string, typed: Readonly<Record<string, string>>) =>
  app.send(page, { ...formOf(await app.send(page)), ...typed });
/** What a page says beside a field. */
const besideOf = (text: string, field: string): string | undefined =>
  new RegExp(`id="${field}-problem"[^>]*>([^<]*)<`).exec(text)?.[1];

describe('a form that is refused', () => {
  const purchase = (amount: string) => ['/accounts/acme/purchase', { amount, reference: 'invoice' }] as const;
  const adding = (amount: string) => ['/accounts/acme/sip-accounts/desk/add-credit', { amount }] as const;
  const naming = (sipAccountId: string) => ['/accounts/acme/add-sip-account', { sipAccountId }] as const;

  it.each([
    ['amount', adding('100.0001'), problems['insufficient-credit']('€100.0000')],
    ['amount', adding('0'), amountProblems['amount-not-positive']],
    ['amount', adding('1.00001'), amountProblems['amount-too-precise']],
    ['amount', purchase('1000000000000'), amountProblems['amount-too-large']],
    ['amount', purchase(LARGEST), problems['balance-limit-exceeded']],
    ['reference', ['/accounts/acme/purchase', { amount: '1', reference: ' ' }], en.purchase.referenceInvalid],
    ['sipAccountId', naming('no spaces'), addSip.invalid],
    ['sipAccountId', naming('desk'), problems['sip-account-already-added']],
  ] as const)('says why beside the %s, and keeps what was typed: %j', async (field, [page, typed], why) => {
    const answer = await send(page, typed);
    expect(answer.status).toBe(422);
    expect(besideOf(answer.text, field)).toBe(why);
    const [value] = Object.values(typed);
    expect(answer.text).toContain(`value="${value}"`);
  });

  it('says so above it where it has no field: credit that the main account has no room for', async () => {
    await app.api.funded('full', LARGEST, 'desk');
    await app.api.post('/v1/main-accounts/full/sip-accounts/desk/add-credit', { amount: '1' });
    await app.catchUp('full');
    const { status, text } = await send('/accounts/full/sip-accounts/desk/remove-all-credit', {});
    expect(status).toBe(422);
    expect(text).toContain(`role="alert" tabindex="-1" autofocus>${problems['balance-limit-exceeded']}<`);
  });
});
