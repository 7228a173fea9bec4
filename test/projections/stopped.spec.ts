import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { EraseNamesCommand, EraseNamesHandler } from '../../src/profiles/erase-names.js';
import { Profiles } from '../../src/profiles/profiles.js';
import {
  GetConservationHandler,
  GetConservationQuery,
} from '../../src/projections/conservation/get-conservation.js';
import { ReadModelBehind } from '../../src/projections/errors.js';
import { removeReadModels } from '../../src/projections/read-models-file.js';
import { purchaseTwice } from '../support/key-used-twice.js';
import { ReadSide } from '../support/read-side.js';

describe('a projection that has stopped at an event', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('good', '100', 'desk');
    await side.ledger.funded('bad', '100', 'desk');
    await side.caughtUp();
  });
  afterEach(() => side.remove());

  const stopAccounts = async () => {
    await purchaseTwice(side.store, side.ledger, 'bad');
    await expect(side.caughtUp()).rejects.toThrow(ReadModelBehind);
    expect(side.projections.stopped.map(({ projection }) => projection)).toEqual(['accounts']);
  };

  it('makes no certificate say that a sound account is broken, however far the history is behind', async () => {
    await stopAccounts();
    for (let i = 0; i < 16; i += 1) {
      const { position: atLeast } = await side.ledger.purchase('good', '1');
      const query = new GetConservationQuery({ mainAccountId: 'good', atLeast });
      const certificate = await new GetConservationHandler(side.reads).execute(query);
      expect(certificate).toMatchObject({ holds: true, firstBreach: null });
    }
  });

  it('denies no account that was opened after it', async () => {
    await stopAccounts();
    await side.ledger.funded('later', '7', 'desk');

    await expect(side.overview('later')).rejects.toThrow(ReadModelBehind);
    await expect(side.balance('later', 'desk')).rejects.toThrow(ReadModelBehind);
    await expect(side.history('later')).rejects.toThrow(ReadModelBehind);
    expect((await side.overview('good')).available).toBe('100.0000');
  });

  it('denies no account that comes after it when the service is started again', async () => {
    await stopAccounts();
    await side.ledger.funded('later', '7', 'desk');
    await side.close();
    removeReadModels(side.file);
    side = await ReadSide.start(side.dataDir);
    await side.projections.waitFor('conservation', await side.store.head());

    await expect(side.overview('later')).rejects.toThrow(ReadModelBehind);
  });

  it('stops a rebuild as well, which leaves the read models that are in use', async () => {
    await stopAccounts();
    await expect(side.projections.rebuild()).rejects.toThrow('a projection stopped');

    expect((await side.overview('good')).available).toBe('100.0000');
    expect(side.projections.stopped.map(({ projection }) => projection)).toEqual(['accounts']);
  });

  it('leaves the names to be erased, when nobody can read the event', async () => {
    const profiles = new Profiles(side.store);
    const context = { actor: 'key:1', correlationId: 'c-1' };
    await profiles.name({ mainAccountId: 'good', sipAccountId: 'desk', name: 'Zoë' }, context);
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await side.store.append(mainAccountStream('bad'), [event], 2);
    await new EraseNamesHandler(profiles, side.projections).execute(new EraseNamesCommand('good', context));

    expect(side.models.query('SELECT * FROM names').all()).toEqual([]);
    expect(side.projections.stopped.map(({ projection }) => projection)).not.toContain('names');
  });
});
