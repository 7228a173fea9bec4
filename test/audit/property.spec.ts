import { rmSync } from 'node:fs';
import { asyncProperty, assert } from 'fast-check';
import { afterAll, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { amountOf, type Balances } from '../../src/audit/balances.js';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { START } from '../../src/event-store/event-store.js';
import { Refusal } from '../../src/ledger/domain/errors.js';
import { actions, FUNDED, Model, perform } from '../property/model.js';
import { Ledger } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';
import { bothVerifiers, SOUND } from './support/both-verifiers.js';
import { ALL } from './support/bundled-log.js';

const { file, exits, remove } = bothVerifiers();
afterAll(remove);

const ofAudit = ({ purchased, main, sip }: Balances) => ({
  purchased,
  main,
  sip: Object.fromEntries([...sip].map(([id, { available }]) => [id, available])),
});

describe('the auditors and the ledger', () => {
  it('agree on every balance of whatever has been booked, each by its own arithmetic', async () => {
    await assert(
      asyncProperty(actions(25), async (generated) => {
        const store = await openTestStore();
        const ledger = new Ledger(store);
        const model = new Model();
        for (const action of [...FUNDED, ...generated]) {
          model.apply(action);
          await perform(ledger, action).catch((error: unknown) => {
            if (!(error instanceof Refusal)) throw error;
          });
        }
        const { findings, accounts } = await audit(() => store.readAll(START));
        rmSync(file, { force: true });
        await writeBundle(store, file, { selection: ALL });
        await store.close();
        const { told, ...exit } = await exits();

        expect(findings).toEqual([]);
        expect(exit).toEqual(SOUND);
        for (const [main, { purchased, available, sips }] of model.accounts) {
          const balances = { purchased, main: available, sip: Object.fromEntries(sips) };
          expect(ofAudit(accounts.get(`mainAccount-${main}`)!.balances)).toEqual(balances);
          const [bought, rest] = [amountOf(purchased), amountOf(purchased - available)];
          expect(told).toContain(
            `${main} EUR purchased ${bought} = main ${amountOf(available)} + SIP ${rest},`,
          );
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
