import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { openApiDocument } from './openapi.js';
import { PROBLEMS } from './problems.js';

/** Nothing comes from elsewhere and nothing stands in the page itself; the page's own images are data URLs. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Credit ledger API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<main id="docs"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });\n`;

const PROBLEMS_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems of the credit ledger API</title>
<h1>Problems</h1>
<p>Every refusal is a problem document (RFC 9457). Its <code>code</code> is one of these and never changes.</p>
${Object.entries(PROBLEMS)
  .map(
    ([code, { status, title, meaning }]) =>
      `<h2 id="${code}">${code}</h2>\n<p>${status}: ${title}. ${meaning.replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`,
  )
  .join('\n')}
</html>
`;

/** Files of the page that come with swagger-ui-dist. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};

/** Serves /openapi.json, the page at /docs, which works offline, and /docs/problems. Open to everybody. */
export function serveDocs(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  let document: string | undefined;
  server.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(app));
    return reply.type('application/json; charset=utf-8').send(document);
  });
  server.get('/docs', (_request, reply) => html(reply, PAGE));
  server.get('/docs/problems', (_request, reply) => html(reply, PROBLEMS_PAGE));
  server.get('/docs/start.js', (_request, reply) => reply.type('text/javascript').send(START));
  for (const [file, type] of Object.entries(ASSETS))
    server.get(`/docs/${file}`, (_request, reply) =>
      reply
        .type(type)
        .header('Cache-Control', 'public, max-age=86400')
        .send(createReadStream(join(assets, file))),
    );
}

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('Content-Security-Policy', POLICY).send(page);
