import { EventStoreDBClient, type BaseOptions } from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';
import { parseConnectionString } from './connection-string.js';
import { isOutOfService, NoAnswer } from './failures.js';

/** Calls in a row that a node does not answer, or cannot serve, after which another is looked for. */
const LOST_AFTER = 3;
/** The answer to a call that has a deadline of its own is waited for this much longer, in milliseconds. */
export const GRACE_MS = 500;
/**
 * A channel that is given up closes this much later, in milliseconds. Not longer: while it lives, its successor
 * inherits its state, and with it the pause before the next attempt to connect, a second and growing.
 */
const LINGER_MS = 20;

/** The client's hooks that the adapter has to reach: they are protected, and its public face has no substitute. */
interface Hooks {
  handleError: (...args: readonly unknown[]) => Promise<void>;
  createChannel: () => Promise<Channel>;
  getChannel: () => Promise<Channel>;
}

interface Channel {
  close(): void;
}

/** A client for one kind of call, replaced when its node is of no use any more. */
export class Connection {
  /** Sent with every call. */
  readonly options: Required<Pick<BaseOptions, 'credentials' | 'requiresLeader'>>;
  private current: EventStoreDBClient;
  private unserved = 0;
  private readonly url: string;

  /** @throws StoreUnavailable the connection string cannot be used; the message does not show it */
  constructor(connectionString: string) {
    const { url, credentials } = parseConnectionString(connectionString);
    this.url = url;
    this.options = { credentials, requiresLeader: true };
    this.current = connect(url);
  }

  get client(): EventStoreDBClient {
    return this.current;
  }

  /** Calls the server; the work has a clock of its own, since the client's calls may never end. */
  async call<T>(work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    const client = this.current;
    try {
      const answer = await work(client);
      this.unserved = 0;
      return answer;
    } catch (error) {
      if (!isOutOfService(error)) this.unserved = 0;
      else if (client === this.current && ++this.unserved >= LOST_AFTER) this.renew();
      throw error;
    }
  }

  /** Cancels what is still open. Not waited for: the client may not come to an end after a read was given up. */
  close(): void {
    this.current.dispose().catch(() => {});
    void closeChannel(this.current);
  }

  /** The calls that the old client still has are left to time out: to one that is cancelled a read seems complete. */
  private renew(): void {
    void closeChannel(this.current);
    this.unserved = 0;
    this.current = connect(this.url);
  }
}

function connect(url: string): EventStoreDBClient {
  let client: EventStoreDBClient;
  try {
    client = EventStoreDBClient.connectionString(url);
  } catch (error) {
    // The client's message may quote the string, and with it a password that has slipped into the wrong place.
    const reason =
      error instanceof Error && /certificate|userCertFile/i.test(error.message) ? error.message : '';
    throw new StoreUnavailable(`LEDGER_EVENTSTOREDB_URL is not a usable connection string. ${reason}`.trim());
  }
  const hooks = client as unknown as Hooks;
  const { handleError, createChannel } = hooks;
  // The client does not await it, and it rejects when a cluster cannot be discovered: that would end the process.
  hooks.handleError = (...args) => handleError(...args).catch(() => {});
  hooks.createChannel = async () => closingLate(await createChannel());
  return client;
}

/** An append that begins at the moment when the client closes its channel would throw where nobody can catch it. */
function closingLate(channel: Channel): Channel {
  const close = channel.close.bind(channel);
  channel.close = () => void setTimeout(close, LINGER_MS).unref();
  return channel;
}

async function closeChannel(client: EventStoreDBClient): Promise<void> {
  try {
    (await (client as unknown as Hooks).getChannel()).close();
  } catch {
    // Without a channel there is nothing to close.
  }
}

/** Waits for an answer no longer than asked, whatever the client does. @throws NoAnswer */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
