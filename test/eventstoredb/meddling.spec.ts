import { Simulator } from '../support/eventstoredb/simulator.js';
import { meddlingContract } from './meddling.js';

meddlingContract('simulated', async () => {
  const simulator = await Simulator.start();
  return { url: simulator.url, stop: () => simulator.stop() };
});
