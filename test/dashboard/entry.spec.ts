import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { PageApp, textOf } from '../support/page-app.js';

interface StoredEvent {
  readonly data: object;
  readonly metadata: { readonly hash: string; readonly $correlationId: string };
}

let app: PageApp;
let customer: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
  customer = await app.another('customer', 'acme');
});
afterAll(() => app.close());

const eventAt = async (revision: number): Promise<StoredEvent> =>
  JSON.parse((await app.api.send(`/v1/main-accounts/acme/events/${revision}/proof`)).text) as StoredEvent;
const entry = '/accounts/acme/history/1';

describe('an entry of a history', () => {
  it('has its place in its stream, the hash of its event, and of the one before it, if there is one', async () => {
    const page = textOf(await app.send(entry));
    expect(page).toContain(`${en.event.stream} mainAccount-acme ${en.event.revision} 1 `);
    const [{ metadata: before }, { metadata }] = [await eventAt(0), await eventAt(1)];
    expect(page).toContain(`${en.event.previousHash} ${before.hash} ${en.event.hash} ${metadata.hash} `);
    expect(textOf(await app.send('/accounts/acme/history/0'))).not.toContain(en.event.previousHash);
  });

  it('shows staff the event to the byte, and customers only what is theirs', async () => {
    const { data, metadata } = await eventAt(1);
    const page = await app.send(entry);
    const shown = Array.from(page.text.matchAll(/<pre>([^]*?)<\/pre>/g), ([, json = '']) => json);
    // Canonical JSON without line breaks is what the log holds, so the parsed proof written again is the text.
    expect(shown.map((json) => json.replaceAll('&quot;', '"'))).toEqual(
      [data, metadata].map((part) => JSON.stringify(part)),
    );
    expect(textOf(page)).toMatch(new RegExp(`${en.event.position} \\d+`));

    const theirs = await customer.send(entry);
    expect(textOf(theirs)).toContain(metadata.hash);
    expect(theirs.text).not.toContain('<pre>');
    expect(theirs.text).not.toContain(metadata.$correlationId);
  });

  it.each(['99', 'x', '-1', '01e1', '1.5'])('has no page when there is none: %s', async (revision) => {
    const { status, text } = await app.send(`/accounts/acme/history/${revision}`);
    expect(status).toBe(404);
    expect(text).toContain(en.problems.notFoundTitle);
  });
});
