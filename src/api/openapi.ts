import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { OF_EVERY_ROUTE } from './api-problems.js';
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
  showWhatAllHave(document);
  return document;
}

/** A field that a request does not know is refused. */
function closeRequests({ components }: OpenAPIObject): void {
  for (const [name, schema] of Object.entries(components?.schemas ?? {}))
    if (name.endsWith('Request') && !('$ref' in schema)) schema.additionalProperties = false;
}

/** What every route may answer, and every route that reads a body. */
const EVERYWHERE: readonly ProblemCode[] = ['invalid-request', ...OF_EVERY_ROUTE];
const WITH_BODY: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type'];

const text = (example: string) => ({ type: 'string' as const, example });

const CORRELATION_ID = {
  name: 'X-Correlation-Id',
  in: 'header' as const,
  required: false,
  description:
    "The caller's own id of what the request belongs to: 1 to 128 of A-Z a-z 0-9 . _ ~ : / + = @ -. Without one that fits, the request's own id is used.",
  schema: { ...text('order-4711'), maxLength: 128 },
};

const ON_EVERY_ANSWER = {
  'X-Correlation-Id': {
    description: 'Joins the answer to the logs and to the events',
    schema: text('order-4711'),
  },
};

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = Exclude<NonNullable<Operation['responses'][string]>, { readonly $ref: string }>;

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: text('1') } };
const ON_REFUSALS: Readonly<Record<string, NonNullable<Answer['headers']>>> = {
  401: { 'WWW-Authenticate': { description: 'How to authenticate', schema: text('Bearer realm="ledger"') } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** What is the same on every route is said here, and no route has to remember it. */
function showWhatAllHave({ paths }: OpenAPIObject): void {
  for (const [url, path] of Object.entries(paths))
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (!operation) continue;
      (operation.parameters ??= []).push({ ...CORRELATION_ID });
      // The answers of the probes are of their own form.
      if (url.startsWith('/v1/')) showProblems(operation, operation === path.post);
      for (const [, answer] of answersOf(operation))
        answer.headers = { ...ON_EVERY_ANSWER, ...answer.headers };
    }
}

/** Every refusal has the same form, also where a route only says in words which ones it has. */
function showProblems(operation: Operation, hasBody: boolean): void {
  for (const code of hasBody ? [...EVERYWHERE, ...WITH_BODY] : EVERYWHERE)
    operation.responses[PROBLEMS[code].status] ??= { description: `\`${code}\`: ${PROBLEMS[code].meaning}` };
  for (const [status, answer] of answersOf(operation)) {
    if (Number(status) < 400) continue;
    answer.content ??= { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } };
    if (ON_REFUSALS[status]) answer.headers = { ...ON_REFUSALS[status], ...answer.headers };
  }
}

const answersOf = ({ responses }: Operation): [string, Answer][] =>
  Object.entries(responses).filter((entry): entry is [string, Answer] => !('$ref' in (entry[1] ?? {})));
