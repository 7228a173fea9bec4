import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PROBLEMS } from '../../src/api/problems.js';
import { ApiApp } from '../support/api-app.js';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly responses: Readonly<Record<string, Described & { readonly headers: object }>>;
}
interface Described {
  readonly content?: Readonly<
    Record<string, { schema: object; examples?: Record<string, { value: unknown }> }>
  >;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
let api: ApiApp;
let document: OpenAPIObject;
let operations: { readonly route: string; readonly operation: Operation }[];

beforeAll(async () => {
  api = await ApiApp.start();
  document = JSON.parse((await api.send('/openapi.json')).text) as OpenAPIObject;
  ajv.addSchema({ $id: 'openapi', ...document });
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation ? [{ route: `${method.toUpperCase()} ${path}`, operation }] : [];
    }),
  );
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    const result = await new Validator().validate(
      structuredClone(document) as unknown as Record<string, unknown>,
    );
    expect(result).toMatchObject({ valid: true });
  });

  it('describes the routes of the server, all of them and no others', () => {
    expect(operations.map(({ route }) => route).toSorted()).toEqual(
      api.routes.filter((route) => route.includes(' /v1/')).toSorted(),
    );
  });

  it('describes the key of every command', () => {
    for (const { route, operation } of operations.filter((each) => each.route.startsWith('POST /v1/main')))
      expect({ route, parameters: operation.parameters }).toEqual({
        route,
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
        ]),
      });
  });

  it('describes every part of a path', () => {
    for (const { route, operation } of operations) {
      const names = [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(described.map(({ name }) => name)).toEqual(names);
    }
  });

  it('names what every route may answer, whoever wrote it', () => {
    for (const [path, item] of Object.entries(document.paths))
      for (const [method, { responses }] of Object.entries(item as Record<string, { responses: object }>)) {
        if (!path.startsWith('/v1/')) continue;
        const expected = ['401', '403', '429', '500', '503', ...(method === 'post' ? ['413', '415'] : [])];
        expect([method, path, Object.keys(responses)]).toEqual([
          method,
          path,
          expect.arrayContaining(expected),
        ]);
      }
  });

  it('describes Ledger-At-Least where it holds', () => {
    const takesIt = (route: string) =>
      operations
        .find((each) => each.route === `GET /v1/checkpoints/${route}`)
        ?.operation.parameters?.some(({ name }) => name === 'Ledger-At-Least');
    const routes = ['latest', '{size}', 'consistency', 'keys'];
    expect(routes.map(takesIt)).toEqual([true, true, true, false]);
  });

  it.each([
    ['GET /v1/checkpoints/consistency', '409', 'conflict'],
    ['GET /v1/main-accounts/{mainAccountId}/events/{revision}/proof', '409', 'conflict'],
    ['GET /v1/main-accounts/{mainAccountId}/events/{revision}/proof', '404', 'main-account-not-found'],
  ])('names what %s may be refused with: %s %s', (route, status, code) => {
    const { operation } = operations.find((each) => each.route === route)!;
    const { content } = operation.responses[status] ?? {};
    expect(Object.keys(content?.['application/problem+json']?.examples ?? {})).toContain(code);
  });

  it('describes every parameter that a route lets pass', async () => {
    const passed: string[] = [];
    for (const { route } of operations.filter((each) => each.route.includes(' /v1/'))) {
      const [method = '', path = ''] = route.split(' ');
      const filled = path.replaceAll(/\{(revision|size)\}/g, '0').replaceAll(/\{\w+\}/g, 'acme');
      const type = path === '/v1/commands' ? 'application/x-ndjson' : 'application/json';
      const headers = { 'Content-Type': type, 'Idempotency-Key': 'unheard-of' };
      // One that is taken: of two refusals this route tells that of the body.
      const body = route === 'POST /v1/api-keys' ? '{"name":"x","roles":["auditor"]}' : null;
      const answer = await api.send(`${filled}?unheardOf=1`, { method, headers, body });
      if (!answer.text.includes('unheardOf is not a field of this request')) passed.push(route);
    }
    expect(passed).toEqual([]);
  });

  it('has the parameters of the queries that docs/reference/routes.md lists', () => {
    const page = readFileSync(new URL('../../docs/reference/routes.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+ \S+)` +\|[^|]+\|([^|]+)\|/gm)].map(
      ([, route = '', names = '']) => [
        route.replace(/\{\w+\}/g, '{}'),
        [...names.matchAll(/\w+/g)].map(([name]) => name),
      ],
    );
    const described = operations.map(({ route, operation }) => [
      route.replace(/\{\w+\}/g, '{}'),
      (operation.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name),
    ]);
    expect(Object.fromEntries(listed)).toMatchObject(Object.fromEntries(described));
  });

  it('describes a statement in both its forms', () => {
    const path = '/v1/main-accounts/{mainAccountId}/statements';
    const { operation } = operations.find(({ route }) => route === `GET ${path}`)!;
    expect(Object.keys(operation.responses['200']?.content ?? {})).toEqual(['application/json', 'text/csv']);
  });

  it('shows an example of every code, under its status', () => {
    const shown = new Set<string>();
    for (const { operation } of operations)
      for (const [status, { content }] of Object.entries(operation.responses))
        for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          expect(String(PROBLEMS[code as keyof typeof PROBLEMS].status)).toBe(status);
          shown.add(code);
        }
    // Answers of no route in particular, one to the dashboard alone, and two to lines of commands in bulk.
    const ofNoRoute = ['method-not-allowed', 'headers-too-large', 'request-timeout', 'amount-changed'];
    const ofLines = ['batch-not-booked', 'batch-too-large'];
    expect([...shown, ...ofNoRoute, ...ofLines].toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  it('shows examples that fit their schemas', () => {
    const examples = [
      ...Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
        Object.entries((schema as { properties?: Record<string, { example?: unknown }> }).properties ?? {})
          .filter(([, { example }]) => example !== undefined)
          .map(([property, { example }]) => ({ ref: `${name}/properties/${property}`, example })),
      ),
      ...operations.flatMap(({ operation }) =>
        Object.values(operation.responses)
          .flatMap(({ content }) => Object.values(content?.['application/problem+json']?.examples ?? {}))
          .map(({ value }) => ({ ref: 'Problem', example: value })),
      ),
    ];
    expect(examples.length).toBeGreaterThan(100);
    for (const { ref, example } of examples) fits(ref, example);
  });

  function fits(schema: string, value: unknown): void {
    const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`);
    expect({ schema, fits: validate?.(value), errors: validate?.errors }).toEqual({
      schema,
      fits: true,
      errors: null,
    });
  }
});

describe('the pages', () => {
  it('show the API without anything from elsewhere', async () => {
    const page = await api.send('/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\//);
    expect(page.text).not.toMatch(/<script>|<style|style=/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await fetch(api.url + String(file));
      expect({ file, status: asset.status }).toEqual({ file, status: 200 });
      await asset.arrayBuffer();
    }
  });

  it('describe every problem where its type says', async () => {
    const page = await api.send('/docs/problems');
    for (const code of Object.keys(PROBLEMS)) expect(page.text).toContain(`id="${code}"`);
  });
});

it('says of a request that booked nothing no more than that: an earlier one with the same key may have', () => {
  for (const code of ['request-timeout', 'issuer-unavailable', 'store-unavailable'] as const)
    expect(PROBLEMS[code].meaning).toContain('This attempt booked nothing.');
});

it('lists every code with its status in the reference', () => {
  const reference = readFileSync(new URL('../../docs/reference/problems.md', import.meta.url), 'utf8');
  for (const [code, { status, title }] of Object.entries(PROBLEMS))
    expect(reference.replace(/ +/g, ' ')).toContain(`| \`${code}\` | ${status} | ${title} |`);
});
