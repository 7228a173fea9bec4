import { requireServer } from '../support/eventstoredb/server.js';
import { replicasContract } from './replicas.js';

const url = await requireServer();

replicasContract('EventStoreDB', async () => ({ url, stop: async () => {} }));
