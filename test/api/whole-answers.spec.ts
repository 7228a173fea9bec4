import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sendWhole } from '../../src/api/whole-answers.js';
import { connectTo, endBoth } from '../support/raw-client.js';

/** More than a socket takes at once. */
const long = 'x'.repeat(4_000_000);

describe('an answer that is sent whole', () => {
  let server: Server;
  let client: Socket;
  let serve: (answer: ServerResponse) => void;
  /** How many pieces were gathered, for each time that some were. */
  let gathered: number[];

  beforeEach(async () => {
    gathered = [];
    server = createServer((_, answer) => serve(answer));
    server.on('connection', (socket) => {
      const gather = socket._writev!.bind(socket);
      socket._writev = (pieces, done) => {
        gathered.push(pieces.length);
        gather(pieces, done);
      };
      sendWhole(socket);
    });
    client = await connectTo(server);
  });
  afterEach(() => endBoth(client, server));

  const get = (connection = 'keep-alive') =>
    `GET / HTTP/1.1\r\nHost: ledger\r\nConnection: ${connection}\r\n\r\n`;
  const bodiesIn = (heard: string): string[] => heard.split(/HTTP\/1\.1 200 [^]*?\r\n\r\n/).slice(1);

  it.each([
    ['ASCII', 'credit'],
    ['other letters', 'crédit €'],
    ['more than a socket takes at once', long],
  ])('goes to the kernel by itself, and arrives: %s', async (_, body) => {
    serve = (answer) => answer.end(body);
    const heard = text(client);
    client.write(get());
    await passed(50);
    client.write(get('close'));
    expect(bodiesIn(await heard)).toEqual([body, body]);
    expect(gathered).toEqual([]);
  });

  it('comes in its turn where several requests wait, and the first answer takes a while', async () => {
    const waiting: ServerResponse[] = [];
    serve = (answer) => {
      waiting.push(answer);
      if (waiting.length === 3) for (const [at, one] of waiting.entries()) one.end(at === 0 ? long : `${at}`);
    };
    const heard = text(client);
    client.write(get() + get() + get('close'));
    expect(bodiesIn(await heard)).toEqual([long, '1', '2']);
  });

  it('may come in parts, and end later', async () => {
    serve = (answer) => {
      answer.writeHead(200, { 'content-length': 6 }).write('cre');
      answer.write('dit');
      setImmediate(() => answer.end());
    };
    const heard = text(client);
    client.write(get('close'));
    expect(bodiesIn(await heard)).toEqual(['credit']);
    expect(gathered).toEqual([2]);
  });

  it('ends the connection of one who has gone, and takes nobody else along', async () => {
    serve = (answer) => answer.end(long);
    client.write(get());
    await passed(50);
    client.resetAndDestroy();
    const other = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const heard = text(other);
    other.write(get('close'));
    expect(bodiesIn(await heard)[0]).toBe(long);
  });
});
