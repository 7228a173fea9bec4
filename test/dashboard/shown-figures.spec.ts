import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

const { overview, add, remove, details, event, kinds } = en;

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  // The portal's example: of 110.2580 that were bought, 48.8980 are on SIP accounts.
  await app.api.funded('acme', '109.2580', 'desk');
  await give('acme', 'door', '36.6871');
  await give('acme', 'desk', '12.2109');
  await app.catchUp('acme');
});
afterAll(() => app.close());

const give = async (main: string, sipAccountId: string, amount: string): Promise<void> => {
  await app.api.post(`/v1/main-accounts/${main}/sip-accounts`, { sipAccountId });
  await app.api.post(`/v1/main-accounts/${main}/sip-accounts/${sipAccountId}/add-credit`, { amount });
};
const read = async (path: string): Promise<string> => textOf(await app.send(path));

describe('each amount stands beside what it is of', () => {
  it('on the overview', async () => {
    const page = await read('/accounts/acme');
    expect(page).toMatch(/As of \d\d:\d\d:\d\d UTC /);
    expect(page).toContain(`${overview.mainTotalOfCustomer} €61.3600`);
    expect(page).toContain(`${overview.sipTotalOfCustomer} €48.8980`);
    expect(page).toContain('Main account €61.3600 door €36.6871 desk €12.2109');
    expect(page).toMatch(/desk €12\.2109 \d+ \w+ \d{4} \d\d:\d\d:\d\d /);
  });

  it('and so does the line of the last balances', async () => {
    const { text } = await app.send('/accounts/acme');
    expect(text).toMatch(/€12\.2109<[^]{0,60}<svg class="spark"[^>]*aria-label="Recent balances of desk"/);
  });

  it('on the list of main accounts', async () => {
    expect(await read('/accounts')).toContain('acme €61.3600 €48.8980 2');
  });

  it('where credit is added', async () => {
    expect(await read('/accounts/acme/sip-accounts/desk/add-credit')).toContain(
      `${add.available} €61.3600 ${add.has('desk')} €12.2109`,
    );
  });

  it('where credit is removed, now and then', async () => {
    expect(await read('/accounts/acme/sip-accounts/desk/remove-all-credit')).toContain(
      `${remove.fromNow('desk')} €12.2109 €0.0000 ${remove.mainNow} €61.3600 €73.5709`,
    );
  });

  it('in the history: what was moved, then what was on the main account, and on the SIP account', async () => {
    expect(await read('/accounts/acme/history')).toContain(
      `${kinds.CreditAllocated} desk €12.2109 €60.3600 €12.2109`,
    );
    const amounts = [details.amount, details.mainBalance, details.sipBalance].join(' ');
    expect(await read('/accounts/acme/history')).toContain(amounts);
  });

  it('over the line of its balance, the highest there was and zero', async () => {
    expect(await read('/accounts/acme/history')).toContain(
      `${details.chartOf(details.chartMain)} €109.2580 €0.0000`,
    );
    expect(await read('/accounts/acme/history?account=desk')).toContain(
      `${details.chartOf('desk')} €12.2109 €0.0000`,
    );
  });

  it('on an entry', async () => {
    expect(await read('/accounts/acme/history/5')).toContain(
      `${event.main} €60.3600 ${event.sips} €48.8980 ${event.sip} €12.2109`,
    );
  });
});

describe('the credit that is spread over many SIP accounts', () => {
  it('is shown for those with most of it, and together for the others', async () => {
    await app.api.funded('many', '100', 'empty');
    for (const amount of ['7', '1.0001', '6', '5', '4', '3', '2'])
      await give('many', `sip-${amount}`, amount);
    await app.catchUp('many');
    const names = ['sip-7', 'sip-6', 'sip-5', 'sip-4', 'sip-3'];
    expect(await read('/accounts/many')).toContain(
      `Main account €72.9999 ${names.map((name) => `${name} €${name.slice(4)}.0000`).join(' ')} 3 others €3.0001`,
    );
  });
});

describe('an account without credit', () => {
  it('says so, and draws no shares of nothing', async () => {
    await app.api.post('/v1/main-accounts', { mainAccountId: 'new', currency: 'EUR' });
    const { headers } = await app.api.post('/v1/main-accounts/new/sip-accounts', { sipAccountId: 'desk' });
    const page = await app.send(`/accounts/new?at=${headers.get('Ledger-Position')}`);
    expect(textOf(page)).toContain(overview.shareNothing);
    expect(textOf(page)).toContain(`desk €0.0000 ${overview.never}`);
    expect(page.text).not.toContain('class="share"');
  });
});

describe('the quick amounts', () => {
  it('are those that there is credit for', async () => {
    await app.funded('little', '9');
    const page = await app.send('/accounts/little/sip-accounts/desk/add-credit');
    const chips = /<ul class="chips"[^]*<\/ul>/.exec(page.text)![0];
    expect([...chips.matchAll(/data-fill="([^"]*)"/g)].map(([, amount]) => amount)).toEqual([
      '5',
      '10',
      '10',
    ]);
  });

  it('are none where there is no credit, and the page says so', async () => {
    await app.funded('spent', '5');
    const page = '/accounts/spent/sip-accounts/desk/add-credit';
    const all = { ...formOf(await app.send(page)), amount: '6' };
    await app.send((await app.send(page, all)).headers.get('Location')!);
    expect(await read(page)).toContain(add.nothing);
    expect((await app.send(page)).text).not.toContain('class="chips"');
  });

  it('are in the field when they are followed without script', async () => {
    const page = await app.send(
      '/accounts/acme/sip-accounts/desk/add-credit?amount=61.3600',
      undefined,
      'nl',
    );
    expect(page.text).toMatch(/<input[^>]* value="61,36"[^>]* name="amount"/);
  });
});
