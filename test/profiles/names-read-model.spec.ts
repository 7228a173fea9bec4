import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EraseNamesCommand, EraseNamesHandler } from '../../src/profiles/erase-names.js';
import { Profiles } from '../../src/profiles/profiles.js';
import {
  FindMainAccountsHandler,
  FindMainAccountsQuery,
} from '../../src/projections/accounts/find-main-accounts.js';
import {
  SearchSipAccountsHandler,
  type SipAccountOrder,
  SearchSipAccountsQuery,
} from '../../src/projections/accounts/search-sip-accounts.js';
import { removeReadModels } from '../../src/projections/read-models-file.js';
import { ReadSide } from '../support/read-side.js';

const NAME = 'Zoë Quillfeather';
const context = { actor: 'key:1', correlationId: 'c-1' };

describe('the names that are searched', () => {
  let side: ReadSide;
  let profiles: Profiles;
  beforeEach(async () => {
    side = await ReadSide.start();
    profiles = new Profiles(side.store);
    await side.ledger.funded('acme', '10', 'desk', 'door', 'zoo');
    await side.ledger.funded('other', '10', 'desk');
    await name('desk', NAME);
    await name('door', 'Door');
  });
  afterEach(() => side.remove());

  const name = (sipAccountId: string, to: string, mainAccountId = 'acme') =>
    profiles.name({ mainAccountId, sipAccountId, name: to }, context);
  const restart = async (meanwhile: () => void = () => undefined) => {
    await side.close();
    meanwhile();
    side = await ReadSide.start(side.dataDir);
    profiles = new Profiles(side.store);
  };
  const sipAccounts = async (contains: string, orderBy: SipAccountOrder = 'added', descending = false) => {
    const query = { mainAccountId: 'acme', contains, orderBy, descending, offset: 0, limit: 9, largest: 0 };
    const { found, sipAccounts: rows } = await new SearchSipAccountsHandler(side.reads).execute(
      new SearchSipAccountsQuery({ ...query, atLeast: await side.store.head() }),
    );
    expect(rows).toHaveLength(found);
    return rows.map(({ sipAccountId, name: called }) => [sipAccountId, called]);
  };
  const mainAccounts = async (prefix: string, after = '') => {
    await side.projections.waitFor('names', await side.store.head(), 5000);
    const found = await new FindMainAccountsHandler(side.reads).execute(
      new FindMainAccountsQuery({ prefix, after, limit: 1 }),
    );
    return [...found.mainAccounts.map(({ mainAccountId, named }) => [mainAccountId, named]), found.next];
  };

  it('are found among the SIP accounts as the ids are, in any case and without accents', async () => {
    const desk = ['desk', NAME];
    const door = ['door', 'Door'];
    for (const part of ['zoe', 'ZOË', 'quill', 'feather', 'zoë q', 'esk'])
      expect(await sipAccounts(part)).toEqual([desk]);
    expect(await sipAccounts('o')).toEqual([desk, door, ['zoo', undefined]]);
    expect(await sipAccounts('%')).toEqual([]);
    await name('desk', 'Hall');
    expect(await sipAccounts('zoe')).toEqual([]);
    expect(await sipAccounts('hall')).toEqual([['desk', 'Hall']]);
  });

  it('order the SIP accounts, those without a name last', async () => {
    const [desk, door, zoo] = [
      ['desk', NAME],
      ['door', 'Door'],
      ['zoo', undefined],
    ];
    expect(await sipAccounts('', 'name')).toEqual([door, desk, zoo]);
    expect(await sipAccounts('', 'name', true)).toEqual([desk, door, zoo]);
  });

  it('lead to the main account by the beginning of any of their words', async () => {
    await name('desk', 'Zoë Acme', 'other');
    for (const part of ['zoe', 'Quill', 'zoe quill'])
      expect((await mainAccounts(part))[0]).toEqual(['acme', NAME]);
    expect(await mainAccounts('feather')).toEqual([null]);
    // By its id, and another one by a name, page by page.
    expect(await mainAccounts('acm')).toEqual([['acme', null], 'acme']);
    expect(await mainAccounts('acm', 'acme')).toEqual([['other', 'Zoë Acme'], null]);
    expect(await mainAccounts('')).toEqual([['acme', null], 'acme']);
    await name('desk', 'Hall');
    expect(await mainAccounts('quill')).toEqual([null]);
    expect((await mainAccounts('hall'))[0]).toEqual(['acme', 'Hall']);
    await name('desk', '');
    expect((await mainAccounts('hall'))[0]).toBeNull();
  });

  it('lead to each main account once, whatever comes after what was looked for', async () => {
    await side.ledger.open('zz~');
    await name('desk', 'Zoя', 'other');
    expect(await mainAccounts('zz')).toEqual([['zz~', null], null]);
    expect(await mainAccounts('zo')).toEqual([['acme', NAME], 'acme']);
    expect(await mainAccounts('zo', 'acme')).toEqual([['other', 'Zoя'], null]);
    expect(await mainAccounts('zo', 'other')).toEqual([null]);
  });

  it('are gone from every search and from the files when they are erased', async () => {
    await name('desk', 'Hall');
    await name('desk', NAME);
    await mainAccounts('zoe');
    const holdTheName = () =>
      ['', '-wal'].filter(
        (end) => existsSync(side.file + end) && /Quill|quill/.test(readFileSync(side.file + end, 'latin1')),
      );
    expect(holdTheName()).not.toEqual([]);
    await new EraseNamesHandler(profiles, side.projections).execute(new EraseNamesCommand('acme', context));
    expect(holdTheName()).toEqual([]);
    const gone = async () => {
      for (const part of ['zoe', 'hall']) expect(await sipAccounts(part)).toEqual([]);
      expect(await mainAccounts('zoe')).toEqual([null]);
      expect(holdTheName()).toEqual([]);
    };
    await gone();
    await restart();
    await gone();
    await restart(() => removeReadModels(side.file));
    await gone();
    await name('desk', 'Back');
    expect(await sipAccounts('back')).toEqual([['desk', 'Back']]);
  });

  it('are the same when the read models are built anew', async () => {
    const before = await sipAccounts('');
    await restart(() => removeReadModels(side.file));
    expect(await sipAccounts('')).toEqual(before);
  });
});
