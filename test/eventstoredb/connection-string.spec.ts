import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { parseConnectionString } from '../../src/event-store/eventstoredb/connection-string.js';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { Simulator } from '../support/eventstoredb/simulator.js';

const open = (eventStoreDbUrl: string): Promise<EventStore> => openEventStoreDb({ eventStoreDbUrl });

describe('the connection string', () => {
  afterEach(() => void jest.restoreAllMocks());

  it.each([
    'http://admin:s3cret@host',
    'esdb://admin:s3cret@host:port',
    'esdb://admin:s3cret@host?tls=maybe',
    'esdb://admin:100%s3cret@host',
    'esdb://admin:p@s3cret@host',
  ])('is refused without showing the password: %s', async (url) => {
    const refused = open(url);
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(refused).rejects.toThrow(/LEDGER_EVENTSTOREDB_URL/);
    await expect(refused).rejects.not.toThrow(/s3cret/);
  });

  it.each(['tlsVerifyCert=false', 'keepAliveInterva=10000'])(
    'is warned of without showing the password: %s',
    async (option) => {
      const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
      const store = await open(`esdb://admin:s3cret@127.0.0.1:2113?${option}`);
      await store.close();
      const said = warn.mock.calls.join();
      expect(said).toContain(option);
      expect(said).not.toMatch(/admin|s3cret/);
    },
  );

  it('may use the newer name of the database', async () => {
    const simulator = await Simulator.start();
    const renamed = await open(simulator.url.replace('esdb', 'kurrentdb'));
    await renamed.check();
    await renamed.close();
    await simulator.stop();
  });

  it.each([
    ['esdb://us%C3%A9r:p%40ss%3Aw%2Ford@host:2113', 'usér', 'p@ss:w/ord', 'esdb://host:2113'],
    ['esdb://admin:a:b@host?tls=true', 'admin', 'a:b', 'esdb://host?tls=true'],
    ['esdb://admin:a@host?connectionName=b@c', 'admin', 'a', 'esdb://host?connectionName=b@c'],
  ])(
    'gives user and password as they are meant, and none to the client: %s',
    (text, username, password, url) =>
      expect(parseConnectionString(text)).toEqual({ url, credentials: { username, password } }),
  );

  it('needs credentials unless encryption is off', async () => {
    await expect(open('esdb://host')).rejects.toThrow(/user:password@/);
  });
});
