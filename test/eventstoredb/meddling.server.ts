import { requireServer } from '../support/eventstoredb/server.js';
import { meddlingContract } from './meddling.js';

const url = await requireServer();

meddlingContract('EventStoreDB', async () => ({ url, stop: async () => {} }));
