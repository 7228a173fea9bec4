import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ReceivedRequest } from '../../src/api/received-request.js';
import { connectTo, endBoth } from '../support/raw-client.js';

type Serve = (request: ReceivedRequest, answer: ServerResponse) => void;

describe('a request that is received', () => {
  let server: Server<typeof ReceivedRequest, typeof ServerResponse<ReceivedRequest>>;
  let client: Socket;
  let serve: Serve;

  beforeEach(async () => {
    server = createServer({ IncomingMessage: ReceivedRequest }, (request, answer) => serve(request, answer));
    client = await connectTo(server);
  });
  afterEach(() => endBoth(client, server));

  /** Sends pieces one after the other, each on its own, and waits for so many answers. */
  async function answered(times: number, ...pieces: readonly string[]): Promise<string> {
    let heard = '';
    client.on('data', (chunk) => (heard += String(chunk)));
    for (const piece of pieces) {
      client.write(piece);
      await passed(20);
    }
    while (heard.split('HTTP/1.1 200 ').length <= times) await once(client, 'data');
    return heard;
  }
  const post = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: ledger\r\nContent-Length: ${length}\r\n\r\n`;
  const noting =
    (bodies: string[]): Serve =>
    (request, answer) =>
      request.giveBody((body) => {
        bodies.push(String(body));
        answer.end();
      });
  const get = 'GET / HTTP/1.1\r\nHost: ledger\r\n\r\n';

  it.each<[string, readonly string[]]>([
    ['at once', [`${post(6)}credit`]],
    ['in pieces', [`${post(6)}cr`, 'ed', 'it']],
    ['after its head', [post(6), 'credit']],
  ])('gives its body whole when it comes %s, and so does the next one', async (_, pieces) => {
    const bodies: string[] = [];
    serve = noting(bodies);
    await answered(2, ...pieces, `${post(4)}more`);
    expect(bodies).toEqual(['credit', 'more']);
  });

  it('gives each its own when several come together', async () => {
    const bodies: string[] = [];
    serve = noting(bodies);
    await answered(3, `${post(1)}a${post(1)}b${post(1)}c`);
    expect(bodies).toEqual(['a', 'b', 'c']);
  });

  it('gives nothing when its connection goes before its end, and tells of no error', async () => {
    let given = 0;
    const come = new Promise<ReceivedRequest>((resolve) => {
      serve = (request) => {
        request.giveBody(() => (given += 1));
        resolve(request);
      };
    });
    client.write(`${post(6)}cre`);
    const request = await come;
    client.destroy();
    // Without a listener for errors, which `once` of node:events would be.
    await new Promise((resolve) => request.once('close', resolve));
    expect(given).toBe(0);
  });

  it('drops a body that nobody wants, also one that goes on after the answer', async () => {
    serve = (request, answer) => {
      request.dropBody();
      answer.end();
    };
    const large = 'x'.repeat(1_000_000);
    await answered(2, post(large.length + 1), large, `x${get}`);
  });

  it('is a stream to everybody else', async () => {
    serve = (request, answer) => void text(request).then((body) => answer.end(body));
    expect(await answered(1, `${post(6)}cr`, 'edit')).toContain('credit');
  });

  it.each<[string, Serve]>([
    ['was given', (request, answer) => request.giveBody(() => answer.end())],
    [
      'was given some time before',
      (request, answer) => request.giveBody(() => setImmediate(() => answer.end())),
    ],
    [
      'was dropped',
      (request, answer) => {
        request.dropBody();
        answer.end();
      },
    ],
    ['was a stream', (request, answer) => void text(request).then(() => answer.end())],
  ])('is forgotten once it is answered, when its body %s', async (_, listener) => {
    let request: WeakRef<ReceivedRequest> | undefined;
    serve = (received, answer) => {
      request = new WeakRef(received);
      listener(received, answer);
    };
    await answered(1, `${post(6)}credit`);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let tries = 0; tries < 50 && request!.deref(); tries++) {
      await passed(20);
      collect();
    }
    expect(request!.deref()).toBeUndefined();
    // The connection is kept.
    expect(client.destroyed).toBe(false);
  });
});
