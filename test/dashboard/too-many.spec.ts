import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start(temporaryDirectory(), { LEDGER_RATE_LIMIT: '2' });
});
afterAll(() => service.stop());

it('whoever asks for too many pages is told to wait, not that there is no such page', async () => {
  const body = new URLSearchParams({ key: KEY });
  const signedIn = await fetch(`${service.url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
  const headers = {
    Accept: 'text/html',
    'Accept-Language': 'en',
    Cookie: signedIn.headers.get('Set-Cookie')!.split(';')[0]!,
  };
  const ask = () => fetch(`${service.url}/accounts`, { headers });
  const answers = await Promise.all(Array.from({ length: 12 }, ask));
  const refused = answers.find(({ status }) => status !== 200);
  expect([refused?.status, refused?.headers.get('Retry-After')]).toEqual([429, '1']);
  expect(await refused?.text()).toContain(en.signIn.tooMany);
});
