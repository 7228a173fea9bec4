import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { GetNamesQuery } from '../../src/profiles/get-names.js';
import { NameSipAccountCommand } from '../../src/profiles/name-sip-account.js';
import { ProfilesModule } from '../../src/profiles/profiles.module.js';
import { ApiApp } from '../support/api-app.js';

describe('erasing names', () => {
  let api: ApiApp;
  beforeAll(async () => void (api = await ApiApp.start(ProfilesModule)));
  afterAll(() => api.close());

  const erase = (path: string, credentials?: string) =>
    api.send(`/v1/main-accounts/${path}/names`, {
      method: 'DELETE',
      headers: credentials ? { Authorization: `Bearer ${credentials}` } : {},
    });
  const names = async () => [...(await api.app.get(QueryBus).execute(new GetNamesQuery('acme')))];

  it('forgets them and leaves the account as it is, however often it is asked for', async () => {
    await api.funded('acme', '10', 'desk');
    const context = { actor: 'key:1', correlationId: 'c-1' };
    const data = { mainAccountId: 'acme', sipAccountId: 'desk', name: 'Zoë' };
    await api.app.get(CommandBus).execute(new NameSipAccountCommand(data, context));
    expect(await names()).toEqual([['desk', 'Zoë']]);
    expect((await erase('acme')).status).toBe(204);
    expect((await erase('acme')).status).toBe(204);
    expect(await names()).toEqual([]);
    const headers = { 'Ledger-At-Least': String(await api.store.head()) };
    expect((await api.send('/v1/main-accounts/acme', { headers })).json).toMatchObject({
      available: '10.0000',
    });
  });

  it('refuses an account that was never opened, and writes nothing', async () => {
    const head = await api.store.head();
    expect((await erase('acme-with-a-slip')).problem).toBe('404 main-account-not-found');
    expect(await api.store.head()).toBe(head);
  });

  it('is for billing services and operators, not for auditors and customers', async () => {
    for (const [role, status] of [
      ['operator', 204],
      ['billing', 204],
      ['auditor', 403],
    ] as const) {
      const made = await api.send('/v1/api-keys', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: role, roles: [role] }),
      });
      expect((await erase('acme', String(made.json['key']))).status).toBe(status);
    }
  });

  it('refuses what is no id', async () => {
    expect((await erase('no%20id')).problem).toBe('400 invalid-request');
  });
});
