import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

interface Described {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const dataDir = temporaryDirectory();
let service: Service;
let document: Document;
let keys = 0;

beforeAll(async () => {
  service = await Service.start(dataDir, { LEDGER_READ_WAIT_MS: '10' });
  await service.ready();
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
  ajv.addSchema({ $id: 'openapi', ...document });
});
afterAll(async () => {
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

type Request = readonly [method: string, path: string, body?: unknown, headers?: Record<string, string>];

function send([method, path, body, headers]: Request): Promise<Response> {
  const own = { Authorization: `Bearer ${KEY}`, 'Idempotency-Key': `key-${++keys}`, ...headers };
  if (body === undefined) return fetch(service.url + path, { method, headers: own });
  return fetch(service.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...own },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Sends a request and holds all of its answer against the document. @returns the body */
async function answerOf(...request: Request): Promise<string> {
  const response = await send(request);
  const text = await response.text();
  const place = [describedPath(request[1]), request[0].toLowerCase(), 'responses', String(response.status)];
  const described = place.reduce<unknown>(
    (within, name) => (within as Record<string, unknown>)?.[name],
    document.paths,
  );
  expect({ request, status: response.status, text, described }).toMatchObject({
    described: expect.anything(),
  });
  const { headers = {}, content = {} } = described as Described;
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  expect(names).toEqual(expect.arrayContaining(ownHeadersOf(response)));
  expect(ownHeadersOf(response)).toEqual(
    expect.arrayContaining(names.filter((name) => name !== 'idempotent-replayed')),
  );
  if (text === '') return text;
  const [type = ''] = (response.headers.get('Content-Type') ?? '').split(';');
  expect(Object.keys(content)).toContain(type);
  if (!type.endsWith('json')) return text;
  const fits = ajv.compile({
    $ref: `openapi#/${['paths', ...place, 'content', type, 'schema'].map(pointed).join('/')}`,
  });
  for (const value of text.trim().split('\n')) {
    fits(JSON.parse(value));
    expect({ request, value, errors: fits.errors }).toMatchObject({ errors: null });
  }
  return text;
}

/** The pattern of a path that is asked for: the one with the fewest places to fill. */
const describedPath = (asked: string): string =>
  Object.keys(document.paths)
    .filter((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`).test(asked))
    .toSorted((one, other) => one.split('{').length - other.split('{').length)[0] ?? asked;

/** Those that say something of the request, and not merely of how the answer is sent. */
const ownHeadersOf = ({ headers }: Response): string[] =>
  [...headers.keys()].filter((name) => /^(x-corr|ledger-|idempotent-|retry-|www-|location)/.test(name));

const pointed = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

const ACCOUNTS = '/v1/main-accounts';
const ACME = `${ACCOUNTS}/acme`;
const DESK = `${ACME}/sip-accounts/desk-1`;
const line = { idempotencyKey: 'line-1', mainAccountId: 'acme', sipAccountId: 'desk-1', amount: '1' };

const BOOKED: readonly Request[] = [
  ['POST', ACCOUNTS, { mainAccountId: 'acme', currency: 'EUR' }],
  ['POST', `${ACME}/purchases`, { amount: '10', reference: 'one' }, { 'Idempotency-Key': 'buy' }],
  ['POST', `${ACME}/purchases`, { amount: '10', reference: 'one' }, { 'Idempotency-Key': 'buy' }],
  ['POST', `${ACME}/sip-accounts`, { sipAccountId: 'desk-1' }],
  ['POST', `${DESK}/add-credit`, { amount: '3' }],
  ['POST', `${DESK}/remove-all-credit`],
  [
    'POST',
    '/v1/commands',
    `${JSON.stringify({ command: 'AddCredit', ...line })}\n{}`,
    { 'Content-Type': 'application/x-ndjson' },
  ],
];

const QUERIES = `
${ACCOUNTS} ${ACME} ${ACME}?atRevision=1 ${ACCOUNTS}/nobody ${DESK} ${ACME}/sip-accounts/nobody ${ACME}/history
${ACME}/commands/buy ${ACME}/commands/none ${ACME}/conservation ${ACME}/statements ${ACME}/statements?format=csv
${ACME}/statements/diff?since=1 ${ACME}/statements/diff?since=${'0'.repeat(64)}
${ACME}/events/1/proof ${ACME}/events/99/proof
/v1/checkpoints/latest /v1/checkpoints/keys /v1/checkpoints/consistency?from=1 /v1/checkpoints/1 /v1/checkpoints/nix
/v1/api-keys /v1/read-models/rebuild`
  .trim()
  .split(/\s+/);

describe('the OpenAPI document describes each answer, its status, headers and body,', () => {
  it('to commands', async () => {
    for (const command of BOOKED) await answerOf(...command);
  });

  it('to queries, also to those of strangers', async () => {
    for (const path of QUERIES)
      for (const key of [KEY, 'no-key'])
        await answerOf('GET', path, undefined, { Authorization: `Bearer ${key}` });
    await answerOf('GET', ACME, undefined, { 'Ledger-At-Least': '99999' });
  });

  it('to operators, and to one who is none', async () => {
    const made = await answerOf('POST', '/v1/api-keys', { name: 'auditor', roles: ['auditor'] });
    const { id, key } = JSON.parse(made) as { id: string; key: string };
    await answerOf('POST', `/v1/api-keys/${id}/sign-in-links`);
    await answerOf('POST', '/v1/api-keys/nobody/sign-in-links');
    await answerOf('DELETE', `/v1/api-keys/${id}`, undefined, { Authorization: `Bearer ${key}` });
    for (const _ of ['revoked', 'gone']) await answerOf('DELETE', `/v1/api-keys/${id}`);
    await answerOf('DELETE', `${ACME}/names`);
    await answerOf('POST', '/v1/read-models/rebuild');
  });

  it('to bodies that are none', async () => {
    const paths = ['/v1/api-keys', '/v1/api-keys/bootstrap/sign-in-links', '/v1/read-models/rebuild'];
    for (const path of [...BOOKED.map(([, booked]) => booked), ...paths]) {
      await answerOf('POST', path, '{');
      await answerOf('POST', path, 'x'.repeat(20_000));
      await answerOf('POST', path, 'x', { 'Content-Type': 'text/plain' });
    }
  });

  it('to probes', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics']) await answerOf('GET', path);
  });
});

it('says of a service that is not ready that its answer is no problem document', () => {
  const { content } = document.paths['/health/ready']?.['get']?.responses['503'] ?? {};
  expect(Object.keys(content ?? {})).toEqual(['application/json']);
});

it('describes no answer to commands in bulk that only a line of theirs can have', () =>
  expect(document.paths['/v1/commands']?.['post']?.responses).not.toHaveProperty('422'));
