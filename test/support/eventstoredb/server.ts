import { openEventStoreDb } from '../../../src/event-store/eventstoredb/eventstoredb-event-store.js';

/** The server under test. @throws saying what is missing: these tests never pass by being skipped */
export async function requireServer(): Promise<string> {
  const url = process.env['EVENTSTOREDB_URL'];
  if (!url)
    throw new Error(
      'Set EVENTSTOREDB_URL to the connection string of an EventStoreDB or KurrentDB server, such as ' +
        'esdb://127.0.0.1:2113?tls=false, and start one: docker compose up -d kurrentdb',
    );
  const store = await openEventStoreDb({ eventStoreDbUrl: url });
  try {
    await store.check();
    return url;
  } catch (error) {
    throw new Error(`No server answers at EVENTSTOREDB_URL: ${String(error)}`, { cause: error });
  } finally {
    await store.close();
  }
}
