import { Simulator } from '../support/eventstoredb/simulator.js';
import { replicasContract } from './replicas.js';

replicasContract('simulated', async () => {
  const simulator = await Simulator.start();
  return { url: simulator.url, stop: () => simulator.stop() };
});
