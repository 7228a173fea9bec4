import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.js';
import { exportBundle } from '../../src/audit/commands/export.js';
import { importBundle } from '../../src/audit/commands/import.js';
import { reportJson, reportLines } from '../../src/audit/commands/report.js';
import { verifyBundle } from '../../src/audit/commands/verify.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { testConfig } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import { auditOf } from './support/audited.js';
import { bundleOf, chain, GOOD, type Forged } from './support/forged-bundle.js';
import { added, allocated, goodLog, LogBuilder, opened, purchased } from './support/good-log.js';
import { storeLog } from './support/stored-log.js';

let directory: string;
let dataDir: string;
let file: string;
let told: string[];
beforeEach(() => {
  [directory, dataDir, told] = [temporaryDirectory(), temporaryDirectory(), []];
  file = join(directory, 'ledger.bundle');
});
afterEach(() => {
  for (const path of [directory, dataDir]) rmSync(path, { recursive: true });
});

const tell = (text: string) => void told.push(text);

/** An event of which every hash fits, recorded a second before the one ahead of it. */
const EARLIER: Forged = [
  'CreditPurchased',
  { amount: '1.0000', reference: 'r' },
  { recordedAt: '2026-03-01T11:59:59.003Z' },
];

describe('import', () => {
  it('brings in nothing of a bundle that is not sound, and says why', async () => {
    writeFileSync(file, bundleOf(chain('alice', [...GOOD, EARLIER])));
    expect(await importBundle(file, testConfig(dataDir), tell)).toBe(1);
    expect(told.join()).toMatch(/^The bundle is not sound; nothing was imported.\nDISCREPANCY: 1 findings/);
    expect(told.join()).toContain('  time: mainAccount-alice revision 4');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('removes the read models of an earlier log from an empty store, and no others', async () => {
    writeFileSync(file, bundleOf(chain('alice', GOOD)));
    const readModels = join(dataDir, 'read-models.db');
    for (const stays of [false, true]) {
      writeFileSync(readModels, '');
      expect(await importBundle(file, testConfig(dataDir), tell)).toBe(0);
      expect(existsSync(readModels)).toBe(stays);
    }
    expect(told).toEqual([
      '4 of 4 events imported, 0 were there already',
      '0 of 4 events imported, 4 were there already',
    ]);
  });
});

describe('export', () => {
  const stored = async () => {
    const store = await openEventStore(testConfig(dataDir));
    await storeLog(store, goodLog());
    await store.close();
  };

  it('signs nothing where the key of the ledger is not, and makes none', async () => {
    await stored();
    const all = { mainAccounts: null, until: null };
    expect(await exportBundle(testConfig(dataDir), file, all, tell)).toBe(0);
    expect(told.join()).toContain('16 events of 2 main accounts, manifest ');
    expect(readdirSync(dataDir).filter((name) => name.startsWith('checkpoint'))).toEqual([]);
    expect(() => CheckpointKeys.rotate(dataDir)).toThrow('has no checkpoint-key.json');
  });
});

describe('verify', () => {
  it('takes a clock that went back no further than it is told to', async () => {
    writeFileSync(file, bundleOf(chain('alice', [...GOOD, EARLIER])));
    const exit = (clockTolerance: number) =>
      verifyBundle(file, { json: false, clockTolerance, checkpoints: [], keys: [] }, tell);
    expect([await exit(999), await exit(1_000)]).toEqual([1, 0]);
  });
});

describe('the report', () => {
  const reported = async () => {
    const log = new LogBuilder();
    for (const event of [opened, purchased('100.0000'), added('s'), allocated('s', '12.2109')])
      for (const account of ['alice', 'bob']) log.add(account, event);
    const dollars: LedgerEvent = { type: 'MainAccountOpened', data: { currency: 'USD' } };
    for (const event of [dollars, purchased('1.5000')]) log.add('carol', event);
    log.add('dave', purchased('7.0000'));
    const other = { ...log.events[0]!, stream: 'profile-alice', position: 100n };
    return auditOf([...log.events, other]);
  };
  const place = { stream: 'mainAccount-alice', revision: 4, eventId: 'e-4' };
  const findings = [
    { check: 'hash', message: 'it is wrong', ...place, more: 2 },
    { check: 'checkpoint', message: 'it is of another log', more: 0 },
  ] as const;

  it('says each thing on a line of its own', async () => {
    const report = { ...(await reported()), findings, unlistedFindings: 7 };
    const sums = [
      'EUR: 200.0000 purchased, 175.5782 on main accounts, 24.4218 on SIP accounts',
      'USD: 1.5000 purchased, 1.5000 on main accounts, 0.0000 on SIP accounts',
      'unopened: 7.0000 purchased, 7.0000 on main accounts, 0.0000 on SIP accounts',
      `tree: 11 events, root ${report.tree.root.toString('base64')}`,
      '1 events of other streams were passed over',
    ];
    expect(reportLines(report, ['log'])).toEqual([
      'DISCREPANCY: 2 findings in 11 events of 4 main accounts',
      '  hash: mainAccount-alice revision 4 (event e-4): it is wrong; and 2 more',
      '  checkpoint: it is of another log',
      '7 further findings are not listed',
      ...sums,
    ]);
    expect(reportLines({ ...report, findings: [], unlistedFindings: 0 }, ['log', 'read models'])).toEqual([
      'SOUND: 11 events of 4 main accounts, every check passed (log; read models)',
      ...sums,
    ]);
  });

  it('says the same to a program', async () => {
    const report = { ...(await reported()), findings, unlistedFindings: 7 };
    const json = {
      sound: false,
      events: 11,
      otherEvents: 1,
      mainAccounts: 4,
      sums: [
        { currency: 'EUR', purchased: '200.0000', mainAccounts: '175.5782', sipAccounts: '24.4218' },
        { currency: 'USD', purchased: '1.5000', mainAccounts: '1.5000', sipAccounts: '0.0000' },
        { currency: 'unopened', purchased: '7.0000', mainAccounts: '7.0000', sipAccounts: '0.0000' },
      ],
      tree: { size: 11, root: report.tree.root.toString('base64') },
      findings,
      unlistedFindings: 7,
    };
    expect(JSON.parse(reportJson(report))).toEqual(json);
    expect(JSON.parse(reportJson({ ...report, findings: [] }))).toEqual({
      ...json,
      sound: true,
      findings: [],
    });
  });
});
