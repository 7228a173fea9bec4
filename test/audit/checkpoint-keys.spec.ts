import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointKeys, keyFileIn, type PublishedKey } from '../../src/audit/checkpoint-keys.js';
import { noteVerifier, openNote } from '../../src/audit/signed-note.js';
import { temporaryDirectory } from '../support/service.js';

describe('the keys of a log', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = temporaryDirectory();
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('are made at the first start, for nobody else to read, and stay', () => {
    const { signer, origin } = CheckpointKeys.open(dataDir);
    expect(statSync(keyFileIn(dataDir)).mode & 0o777).toBe(0o600);
    expect(origin).toMatch(/^credit-ledger\/[0-9a-f]{16}$/);
    expect(CheckpointKeys.open(dataDir).signer.verifierKey).toBe(signer.verifierKey);
  });

  it('name their successor when they are retired, in a note that they have signed', () => {
    const before = CheckpointKeys.open(dataDir);
    const after = CheckpointKeys.rotate(dataDir);
    expect(after.origin).toBe(before.origin);
    expect(after.published).toHaveLength(2);
    const [retired, current] = after.published as [PublishedKey, PublishedKey];
    expect(retired.verifierKey).toBe(before.signer.verifierKey);
    expect(current.verifierKey).toBe(after.signer.verifierKey);
    const { text, signedBy } = openNote(retired.successor ?? '', [noteVerifier(retired.verifierKey)]);
    expect(signedBy).toHaveLength(1);
    expect(text).toBe(`${after.origin}\nnext key\n${current.verifierKey}\n`);
    expect(readFileSync(keyFileIn(dataDir), 'utf8')).not.toContain('PRIVATE');
  });

  it('lead from the first to the one in use, however often they are rotated', () => {
    const first = CheckpointKeys.open(dataDir).published[0]!.verifierKey;
    CheckpointKeys.rotate(dataDir, new Date('2026-03-01T00:00:00Z'));
    const { published, signer } = CheckpointKeys.rotate(dataDir, new Date('2026-03-02T00:00:00Z'));
    let key = first;
    for (const { successor, retiredAt } of published.slice(0, -1)) {
      const { text, signedBy } = openNote(successor ?? '', [noteVerifier(key)]);
      expect(signedBy).toHaveLength(1);
      expect(retiredAt).toBe(key === first ? '2026-03-01T00:00:00.000Z' : '2026-03-02T00:00:00.000Z');
      key = text.split('\n')[2] ?? '';
    }
    expect(key).toBe(signer.verifierKey);
  });

  it('are closed to other users, whom a copy that was put back may have let in, and that is told', () => {
    const { signer } = CheckpointKeys.open(dataDir);
    chmodSync(keyFileIn(dataDir), 0o644);
    const told: string[] = [];
    const again = CheckpointKeys.open(dataDir, new Date(), (message) => told.push(message));
    expect(again.signer.verifierKey).toBe(signer.verifierKey);
    expect(statSync(keyFileIn(dataDir)).mode & 0o777).toBe(0o600);
    expect(told).toEqual([expect.stringContaining('was open to other users (mode 644)')]);
  });

  it('are not rotated where there are none', () => {
    expect(() => CheckpointKeys.rotate(dataDir)).toThrow('is LEDGER_DATA_DIR the service');
  });

  it('are not replaced in silence when their file is damaged', () => {
    CheckpointKeys.open(dataDir);
    const secret = { ...JSON.parse(readFileSync(keyFileIn(dataDir), 'utf8')), seed: 'A'.repeat(43) + '=' };
    for (const content of ['{', JSON.stringify(secret)]) {
      writeFileSync(keyFileIn(dataDir), content);
      expect(() => CheckpointKeys.open(dataDir)).toThrow('checkpoint-key.json is damaged');
    }
  });
});
