import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { eventStoreContract } from '../contract/event-store.contract.js';
import { requireServer } from '../support/eventstoredb/server.js';

const eventStoreDbUrl = await requireServer();

eventStoreContract('EventStoreDB', async () => {
  const open = () =>
    openEventStoreDb({ eventStoreDbUrl }, { prefixes: ['contract-', 'mainAccount-contract-'] });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = await open());
    },
    dispose: () => store.close(),
  };
});
