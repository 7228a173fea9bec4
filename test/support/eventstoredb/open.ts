import type { EventStore } from '../../../src/event-store/event-store.js';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import type { Settings } from '../../../src/event-store/eventstoredb/settings.js';

/** Times short enough to see patience end in a test. */
const HASTY: Partial<Settings> = {
  tryMs: 200,
  patienceMs: 800,
  pauseMs: { first: 5, longest: 50 },
};

/** Opens the adapter on a simulator, or on any server, with short times. */
export const openHasty = (url: string, settings: Partial<Settings> = {}): Promise<EventStore> =>
  openEventStoreDb({ eventStoreDbUrl: url }, { ...HASTY, ...settings });
