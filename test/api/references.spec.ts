import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Accounts } from '../../src/ledger/accounts.js';
import { PurchaseCreditCommand } from '../../src/ledger/commands/purchase-credit.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { ApiApp } from '../support/api-app.js';

const PURCHASES = '/v1/main-accounts/acme/purchases';
const TURNED = 'invoice \u202e71-6202';

let api: ApiApp;
beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '1', 'desk');
});
afterAll(() => api.close());

describe('a reference that turns the direction of text', () => {
  it.each(['\u202a', '\u202e', '\u2066', '\u2069'])('is refused, with %j', async (turn) => {
    const answer = await api.post(PURCHASES, { amount: '1', reference: `a${turn}b` });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['reference']);
    expect(answer.json['detail']).toContain('turns the direction of text');
  });

  it('is refused in bulk, and only its own line', async () => {
    const lineOf = (idempotencyKey: string, reference: string): string =>
      `${JSON.stringify({ command: 'PurchaseCredit', idempotencyKey, mainAccountId: 'acme', amount: '1', reference })}\n`;
    const body = lineOf('turned', TURNED) + lineOf('plain', 'مرحبا \u200f1');
    const answer = await api.post('/v1/commands', body, { 'Content-Type': 'application/x-ndjson' });
    const [turned, plain] = answer.text.split('\n').map((line) => JSON.parse(line || '{}') as object);
    expect(turned).toMatchObject({ status: 400, problem: { errors: [{ field: 'reference' }] } });
    expect(plain).toMatchObject({ status: 201 });
  });

  it('is read, and answered by its key, where it was booked before it was refused', async () => {
    class BookedBefore extends PurchaseCreditCommand {
      override readonly decide: PurchaseCreditCommand['decide'] = (_, { amount, reference }) => ({
        type: 'CreditPurchased',
        data: { amount, reference },
      });
    }
    const command = { amount: parseAmount('2'), reference: TURNED };
    const context = { idempotencyKey: 'before', actor: 'key:1', correlationId: 'c', causationId: 'c' };
    const { receipt, position } = await api.app
      .get(Accounts, { strict: false })
      .book(new BookedBefore({ mainAccountId: 'acme', ...command }, context));

    const again = await api.post(PURCHASES, command, { 'Idempotency-Key': 'before' });
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([201, 'true']);
    expect(again.text).toBe(receipt);
    const headers = { 'Ledger-At-Least': String(position) };
    const history = await api.send('/v1/main-accounts/acme/history', { headers });
    expect(history.json['entries']).toContainEqual(expect.objectContaining({ reference: TURNED }));
  });
});
