import { randomUUID } from 'node:crypto';
import { maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { ConnectionError } from 'fastify';
import { correlationIdOf } from './headers.js';
import type { Problem } from './problem-of.js';
import { problemDocument } from './send-problem.js';

/** A client that is still sending has this long to read why nobody listens any more. */
const LINGER_MS = 1000;

/** What a connection is given up for. Everything else that Node's parser finds is no HTTP. */
const PROBLEMS_BY_CODE: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'headers-too-large',
    detail: `The request line and the headers have at most ${maxHeaderSize} bytes together`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    code: 'payload-too-large',
    detail: 'The extensions of the chunks are too long',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request-timeout',
    detail: 'The rest of the request did not come in time',
  },
};

const logger = new Logger('Api');
/** One answer is enough: each further piece that the client sends is an error again. */
const given = new WeakSet<Socket>();

/**
 * Answers what cannot be read as a request, and reaches no route, as a problem document, and ends the connection.
 * Where a reply has begun, or may be on its way for something that was done, only the connection is ended.
 */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (given.has(socket)) return;
  given.add(socket);
  const problem = problemOf(error);
  const response = inFlight(socket);
  if (!problem || !socket.writable || response?.headersSent || (response && readsAsItComes(response)))
    return void socket.destroy();
  // The request before this one is still being worked on, and its answer must not be taken for another's.
  if (response?.req.complete) return void response.once('close', () => end(socket, ''));
  const { headers = {} } = response?.req ?? {};
  end(socket, answerOf(problem, correlationIdOf({ headers, id: randomUUID() })));
}

function problemOf({ code, reason }: ConnectionError & { reason?: string }): Problem | undefined {
  const known = PROBLEMS_BY_CODE[code];
  if (known || !code.startsWith('HPE_')) return known;
  const detail = `This cannot be read as HTTP: ${reason ?? code}`;
  return { code: 'invalid-request', detail, members: { errors: [] } };
}

/** The response that the socket waits for. Node knows, and asks the same before it answers such an error itself. */
function inFlight(socket: Socket): ServerResponse | undefined {
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null };
  return response ?? undefined;
}

/** Of lines of commands that came in before the error some may have been booked, which no refusal may deny. */
const readsAsItComes = ({ req }: ServerResponse): boolean =>
  /^application\/x-ndjson/i.test(req.headers['content-type'] ?? '');

function answerOf(problem: Problem, correlationId: string): string {
  const document = problemDocument(problem, correlationId);
  const { status, code, detail } = document;
  logger.log({ message: 'not a request', correlationId, status, code, detail });
  const body = JSON.stringify(document);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${correlationId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** What is still coming in is taken for a while: to a client that is cut off while it sends, the answer is lost. */
function end(socket: Socket, answer: string): void {
  socket.end(answer);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
