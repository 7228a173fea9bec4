import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('EventStoreDB, simulated', async () => {
  const simulator = await Simulator.start();
  const open = () => openEventStoreDb({ eventStoreDbUrl: simulator.url }, { prefixes: [] });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      await simulator.restart();
      return (store = await open());
    },
    dispose: async () => {
      await store.close();
      await simulator.stop();
    },
  };
});
