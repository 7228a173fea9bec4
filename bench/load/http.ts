import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { API_KEY } from '../child.js';

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request over the agent's connections, with the bench's key. */
export function ask(agent: Agent, { method, url, headers, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request(
      url,
      { agent, method, headers: { authorization: `Bearer ${API_KEY}`, ...headers, ...length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** AddCredit, or another command of one request. */
export const command = (url: string, idempotencyKey: string, body: unknown): Ask => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
  body: JSON.stringify(body),
});

/** @throws Error with what was answered, when it is not this status */
export function expectStatus(status: number, { url }: Ask, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`${url}: ${answer.status} ${answer.body.toString()}`);
  return answer;
}
