import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from './problems.js';
import { ProblemResponse } from './responses/problem.js';

const DESCRIPTION = `Prepaid credit of telephone customers, exact to the fourth decimal.

A customer has one **main account**; credit is bought into it, and moved from it to the customer's
**SIP accounts**, which spend it. Amounts are strings. Every command carries an \`Idempotency-Key\` and may be
repeated with it; every refusal is a problem document (RFC 9457) with a stable \`code\`.`;

/** The description of all routes of an application, OpenAPI 3.1. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Credit ledger')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addTag('Commands', 'Change balances. Each is booked once, however often it is sent.')
    .addTag('Queries', 'Show balances and history. They see what you did if you send `Ledger-At-Least`.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' }, 'apiKey')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'A token of the configured issuer',
      },
      'token',
    )
    .addSecurityRequirements('apiKey')
    .addSecurityRequirements('token')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  closeRequests(document);
  showProblems(document);
  return document;
}

/** A field that a request does not know is refused. */
function closeRequests({ components }: OpenAPIObject): void {
  for (const [name, schema] of Object.entries(components?.schemas ?? {}))
    if (name.endsWith('Request') && !('$ref' in schema)) schema.additionalProperties = false;
}

/** What every route that asks who is calling may answer, and every route that reads a body. */
const EVERYWHERE: readonly ProblemCode[] = ['too-many-requests', 'internal-error', 'issuer-unavailable'];
const WITH_BODY: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type'];

/** Every refusal has the same form, also where a route only says in words which ones it has. */
function showProblems({ paths }: OpenAPIObject): void {
  const content = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } };
  for (const [url, path] of Object.entries(paths))
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (!operation) continue;
      const { responses } = operation;
      const common = operation === path.post ? [...EVERYWHERE, ...WITH_BODY] : EVERYWHERE;
      for (const code of url.startsWith('/v1/') ? common : [])
        responses[PROBLEMS[code].status] ??= { description: `\`${code}\`: ${PROBLEMS[code].meaning}` };
      for (const [status, response] of Object.entries(responses))
        if (Number(status) >= 400 && response && !('$ref' in response)) response.content ??= content;
    }
}
